"""Settings of AWQ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras_compat.quantizers.quantization_config import (
    QuantizationConfig,
    check_group_size,
    check_layer_structure,
    check_positive_int,
)


class AWQConfig(QuantizationConfig):
    """Quantization by AWQ: weights of large inputs are scaled up before they are rounded to four bits.

    Args:
        dataset: Texts, or token ids, that show what the model is for; not in the config.
        tokenizer: Callable, or object with ``tokenize``, that makes ids of texts; not in the config.
        weight_bits: Bits of a weight: 4.
        num_samples: Sequences taken from ``dataset``.
        sequence_length: Tokens of a sequence.
        group_size: Neighbouring weights of a unit that share a scale; -1 for all of them.
        num_grid_points: Exponents that are tried for the scaling.
        quantization_layer_structure: ``{"pre_block_layers": [...], "sequential_blocks": [...]}``: the layers before the
            blocks and the blocks, which are quantized one after the other; None for what the model says.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument is out of its range.

    Example:
        >>> AWQConfig(dataset=["a text"], tokenizer=str.split, group_size=-1).dtype_policy_string()
        'awq/4/-1'

    Source: Lin et al. 2023.
    """

    def __init__(
        self,
        dataset: Any,
        tokenizer: Any,
        *,
        weight_bits: int = 4,
        num_samples: int = 128,
        sequence_length: int = 512,
        group_size: int = 128,
        num_grid_points: int = 20,
        quantization_layer_structure: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(weight_bits, int) or weight_bits != 4:
            raise ValueError(f"AWQ only supports 4-bit weights. Received: weight_bits={weight_bits!r}")
        check_positive_int("num_samples", num_samples)
        check_positive_int("sequence_length", sequence_length)
        check_positive_int("num_grid_points", num_grid_points)
        check_group_size(group_size, "all weights of a unit")
        check_layer_structure(quantization_layer_structure)
        self.dataset = dataset
        self.tokenizer = tokenizer
        self.weight_bits = weight_bits
        self.num_samples = num_samples
        self.sequence_length = sequence_length
        self.group_size = group_size
        self.num_grid_points = num_grid_points
        self.quantization_layer_structure = quantization_layer_structure

    @property
    def mode(self) -> str:
        """``"awq"``."""
        return "awq"

    def dtype_policy_string(self) -> str:
        """Return the first part of the name of the policy that quantized layers get."""
        return f"awq/{self.weight_bits}/{self.group_size}"

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, without the data and the tokenizer."""
        return {
            "dataset": None,
            "tokenizer": None,
            "weight_bits": self.weight_bits,
            "num_samples": self.num_samples,
            "sequence_length": self.sequence_length,
            "group_size": self.group_size,
            "num_grid_points": self.num_grid_points,
            "quantization_layer_structure": self.quantization_layer_structure,
        }
