"""Settings of GPTQ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras_compat.quantizers.quantization_config import (
    QuantizationConfig,
    check_group_size,
    check_layer_structure,
    check_positive_int,
)


class GPTQConfig(QuantizationConfig):
    """Quantization by GPTQ: weights are rounded one after the other, and those that follow make up for the error.

    Args:
        dataset: Texts, or token ids, that show what the model is for; not in the config.
        tokenizer: Callable, or object with ``tokenize``, that makes ids of texts; not in the config.
        weight_bits: Bits of a weight: 2, 3, 4 or 8.
        num_samples: Sequences taken from ``dataset``.
        per_channel: Whether each unit has its own scales.
        sequence_length: Tokens of a sequence.
        hessian_damping: Fraction of the mean of the Hessian's diagonal that is added to it, in [0, 1].
        group_size: Neighbouring weights of a unit that share a scale; -1 for all of them.
        symmetric: Whether ranges are symmetric about 0.
        activation_order: Whether weights of the largest inputs come first.
        quantization_layer_structure: ``{"pre_block_layers": [...], "sequential_blocks": [...]}``: the layers before the
            blocks and the blocks, which are quantized one after the other; None for what the model says.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument is out of its range.

    Example:
        >>> GPTQConfig(dataset=["a text"], tokenizer=str.split, group_size=64).dtype_policy_string()
        'gptq/4/64'

    Source: Frantar et al. 2022.
    """

    def __init__(
        self,
        dataset: Any,
        tokenizer: Any,
        *,
        weight_bits: int = 4,
        num_samples: int = 128,
        per_channel: bool = True,
        sequence_length: int = 512,
        hessian_damping: float = 0.01,
        group_size: int = 128,
        symmetric: bool = False,
        activation_order: bool = False,
        quantization_layer_structure: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(weight_bits, int) or weight_bits not in (2, 3, 4, 8):
            raise ValueError(f"Unsupported weight_bits: GPTQ has 2, 3, 4 or 8. Received: weight_bits={weight_bits!r}")
        check_positive_int("num_samples", num_samples)
        check_positive_int("sequence_length", sequence_length)
        check_group_size(group_size, "all weights of a unit")
        check_layer_structure(quantization_layer_structure)
        if not isinstance(hessian_damping, (int, float)):
            raise TypeError(f"hessian_damping must be a number. Received: {hessian_damping!r}")
        if not 0 <= hessian_damping <= 1:
            raise ValueError(f"hessian_damping must be between 0 and 1. Received: hessian_damping={hessian_damping!r}")
        self.dataset = dataset
        self.tokenizer = tokenizer
        self.weight_bits = weight_bits
        self.num_samples = num_samples
        self.per_channel = per_channel
        self.sequence_length = sequence_length
        self.hessian_damping = hessian_damping
        self.group_size = group_size
        self.symmetric = symmetric
        self.activation_order = activation_order
        self.quantization_layer_structure = quantization_layer_structure

    @property
    def mode(self) -> str:
        """``"gptq"``."""
        return "gptq"

    def dtype_policy_string(self) -> str:
        """Return the first part of the name of the policy that quantized layers get."""
        return f"gptq/{self.weight_bits}/{self.group_size}"

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, without the data and the tokenizer."""
        return {
            "dataset": None,
            "tokenizer": None,
            "weight_bits": self.weight_bits,
            "num_samples": self.num_samples,
            "per_channel": self.per_channel,
            "sequence_length": self.sequence_length,
            "hessian_damping": self.hessian_damping,
            "group_size": self.group_size,
            "symmetric": self.symmetric,
            "activation_order": self.activation_order,
            "quantization_layer_structure": self.quantization_layer_structure,
        }
