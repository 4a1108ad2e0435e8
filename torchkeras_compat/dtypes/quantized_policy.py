"""Policies of quantized weights, as Keras names and stores them.

They say how the weights of a layer are quantized; layers without a quantized form follow the policy behind ``from``.
"""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dtypes.dtype_policy import DTypePolicy, default_name, parse_policy_name

MODES = ("int8", "float8", "int4", "gptq", "awq")


class QuantizedDTypePolicy(DTypePolicy):
    """How weights are quantized, and the policy they had before.

    Args:
        mode: ``"int8"``, ``"float8"``, ``"int4"``, ``"gptq"`` or ``"awq"``.
        source_name: Name of the policy before quantization; None for the global one's.

    Raises:
        TypeError: ``source_name`` is not a string.
        ValueError: a name is unknown, or int8 is asked for on a computation in float16.

    Example:
        >>> QuantizedDTypePolicy("int8", "mixed_bfloat16")
        <QuantizedDTypePolicy "int8_from_mixed_bfloat16">

    Source: Keras API, dtype_policies/QuantizedDTypePolicy.
    """

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        self._describe(mode, mode, source_name)

    def _describe(self, mode: str, spelled: str, source_name: str | None) -> None:
        source_name = default_name() if source_name is None else source_name
        self._compute_dtype, self._variable_dtype = parse_policy_name(source_name)
        if mode not in MODES:
            raise ValueError(f"Invalid quantization mode. Expected one of {MODES}. Received: mode={mode}")
        if mode == "int8" and self._compute_dtype == "float16":
            raise ValueError(
                f"Quantization mode='{mode}' doesn't work well with compute_dtype='float16'. Use bfloat16."
            )
        self._spelled = spelled
        self._quantization_mode = mode
        self._source_name = source_name
        self._name = f"{spelled}_from_{source_name}"

    @property
    def quantization_mode(self) -> str | None:
        """How weights are quantized."""
        return self._quantization_mode

    def get_config(self) -> dict[str, Any]:
        return {"mode": self._spelled, "source_name": self._source_name}


class QuantizedFloat8DTypePolicy(QuantizedDTypePolicy):
    """Weights in float8, scaled by the largest values of recent steps.

    Args:
        mode: ``"float8"``.
        source_name: Name of the policy before quantization; None for the global one's.
        amax_history_length: Steps whose largest values are kept.

    Raises:
        TypeError: ``amax_history_length`` is not an int, or ``source_name`` not a string.
        ValueError: a name is unknown.

    Example:
        >>> QuantizedFloat8DTypePolicy("float8", "float32").amax_history_length
        1024
    """

    default_amax_history_length = 1024

    def __init__(self, mode: str, source_name: str | None = None, amax_history_length: int = 1024) -> None:
        super().__init__(mode, source_name)
        if not isinstance(amax_history_length, int):
            raise TypeError(
                "`amax_history_length` must be an integer. Received: "
                f"amax_history_length={amax_history_length} of type {type(amax_history_length)}"
            )
        self._amax_history_length = amax_history_length

    @property
    def amax_history_length(self) -> int:
        """Steps whose largest values are kept."""
        return self._amax_history_length

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "amax_history_length": self.amax_history_length}


class _SpelledPolicy(QuantizedDTypePolicy):
    """A policy whose mode is spelled with numbers: ``"gptq/4/128"``."""

    _kind = ""
    _format = ""

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        parts = str(mode).split("/")
        if parts[0] != self._kind or len(parts) != self._format.count("/") + 1:
            raise ValueError(
                f"Invalid mode for {type(self).__name__}. Expected format '{self._format}', but got '{mode}'."
            )
        try:
            self._read([int(part) for part in parts[1:]], mode)
        except ValueError as error:
            if "invalid literal" not in str(error):
                raise
            numbers = " and ".join(self._format.split("/")[1:])
            raise ValueError(
                f"Invalid mode for {type(self).__name__}. {numbers} must be an integer. Expected format"
                f" '{self._format}', but got '{mode}'."
            ) from error
        self.mode = self._kind
        self._describe(self._kind, mode, source_name)

    def _read(self, numbers: list[int], mode: str) -> None:
        raise NotImplementedError


class Int4DTypePolicy(_SpelledPolicy):
    """Weights in int4, with one scale for each block of values.

    Args:
        mode: ``"int4/<block_size>"``; -1 for one scale a channel.
        source_name: Name of the policy before quantization; None for the global one's.

    Raises:
        ValueError: ``mode`` is not like this, or a name is unknown.

    Example:
        >>> Int4DTypePolicy("int4/128", "float32").block_size
        128
    """

    _kind = "int4"
    _format = "int4/<block_size>"

    def _read(self, numbers: list[int], mode: str) -> None:
        (self.block_size,) = numbers
        _check_size("block_size", self.block_size, "per-channel) or a positive integer (sub-channel", mode)


class GPTQDTypePolicy(_SpelledPolicy):
    """Weights quantized by GPTQ.

    Args:
        mode: ``"gptq/<weight_bits>/<group_size>"``, with 2, 3, 4 or 8 bits; group size -1 for the whole tensor.
        source_name: Name of the policy before quantization; None for the global one's.

    Raises:
        ValueError: ``mode`` is not like this, or a name is unknown.

    Example:
        >>> GPTQDTypePolicy("gptq/4/128", "float32").weight_bits
        4
    """

    _kind = "gptq"
    _format = "gptq/<weight_bits>/<group_size>"

    def _read(self, numbers: list[int], mode: str) -> None:
        self.weight_bits, self.group_size = numbers
        if self.weight_bits not in (2, 3, 4, 8):
            raise ValueError(
                "Invalid weight_bits in mode. Supported values are 2, 3, 4, and 8, but got "
                f"{self.weight_bits} from '{mode}'."
            )
        _check_size("group_size", self.group_size, "whole-tensor) or a positive integer", mode)


class AWQDTypePolicy(_SpelledPolicy):
    """Weights quantized by AWQ.

    Args:
        mode: ``"awq/4/<group_size>"``; group size -1 for one a channel.
        source_name: Name of the policy before quantization; None for the global one's.

    Raises:
        ValueError: ``mode`` is not like this, or a name is unknown.

    Example:
        >>> AWQDTypePolicy("awq/4/128", "float32").group_size
        128
    """

    _kind = "awq"
    _format = "awq/<weight_bits>/<group_size>"

    def _read(self, numbers: list[int], mode: str) -> None:
        self.weight_bits, self.group_size = numbers
        if self.weight_bits != 4:
            raise ValueError(
                "Invalid weight_bits in mode. AWQ only supports 4-bit quantization, but got "
                f"{self.weight_bits} from '{mode}'."
            )
        _check_size("group_size", self.group_size, "per-channel) or a positive integer", mode)


def _check_size(name: str, size: int, meaning: str, mode: str) -> None:
    if size != -1 and size < 1:
        closed = meaning if "(" not in meaning else f"{meaning})"
        raise ValueError(f"Invalid {name} in mode. Supported values are -1 ({closed}, but got {size} from '{mode}'.")


def quantized_policy(name: str) -> QuantizedDTypePolicy:
    """Return the policy of a name like ``"int8_from_float32"``.

    Raises:
        ValueError: the name is not like this.
    """
    mode, separator, source_name = name.partition("_from_")
    if not separator:
        raise ValueError(
            "Cannot convert `policy` into a valid pair (`mode`, `source_name`) to instantiate `QuantizedDTypePolicy`."
            f" Received: policy={name}"
        )
    kind = mode.partition("/")[0]
    spelled = {"int4": Int4DTypePolicy, "gptq": GPTQDTypePolicy, "awq": AWQDTypePolicy}
    if "/" in mode and kind in spelled:
        return spelled[kind](mode, source_name)
    if kind == "float8":
        return QuantizedFloat8DTypePolicy(mode, source_name)
    return QuantizedDTypePolicy(mode, source_name)
