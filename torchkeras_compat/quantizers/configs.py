"""Configs of the modes that need no data, and the config that a call of ``quantize`` means."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dtypes.dtype_policy import DTypePolicy
from torchkeras_compat.dtypes.quantized_policy import MODES, Int4DTypePolicy
from torchkeras_compat.errors import nearest
from torchkeras_compat.quantizers.abs_max import AbsMaxQuantizer
from torchkeras_compat.quantizers.awq_config import AWQConfig
from torchkeras_compat.quantizers.gptq_config import GPTQConfig
from torchkeras_compat.quantizers.quantization_config import QuantizationConfig, check_positive_int

_INT4_RANGE = (-8, 7)


class Int8QuantizationConfig(QuantizationConfig):
    """Quantization to int8: weights once, inputs in each call.

    Args:
        weight_quantizer: Quantizer of the weights, to int8; None for an `AbsMaxQuantizer` over the summed axes.
        activation_quantizer: Quantizer of the inputs; ``"default"`` for an `AbsMaxQuantizer`, None to leave them in
            floating point.

    Raises:
        TypeError: a quantizer is not callable.
        ValueError: ``weight_quantizer`` gives another dtype than int8.

    Example:
        >>> Int8QuantizationConfig(activation_quantizer=None).mode
        'int8'

    Source: Keras API, quantizers/Int8QuantizationConfig.
    """

    def __init__(self, weight_quantizer: Any = None, activation_quantizer: Any = "default") -> None:
        if isinstance(activation_quantizer, str) and activation_quantizer == "default":
            activation_quantizer = AbsMaxQuantizer()
        _check_callable(self, "weight_quantizer", weight_quantizer)
        _check_callable(self, "activation_quantizer", activation_quantizer)
        _check_int8(self, weight_quantizer)
        super().__init__(weight_quantizer, activation_quantizer)

    @property
    def mode(self) -> str:
        """``"int8"``."""
        return "int8"


class Int4QuantizationConfig(QuantizationConfig):
    """Quantization of weights to four bits, two in a byte; inputs stay in floating point unless a quantizer is given.

    Args:
        weight_quantizer: Quantizer of the weights, to int8 in [-8, 7], where there are no blocks; None for an
            `AbsMaxQuantizer` over the summed axes.
        activation_quantizer: Quantizer of the inputs, where there are no blocks; ``"default"`` and None for none.
        block_size: Neighbouring weights of a unit that share a scale and a zero point; None or -1 for all of them,
            with a scale only.

    Raises:
        TypeError: a quantizer is not callable, or ``block_size`` no int.
        ValueError: ``block_size`` is out of its range, there are blocks and a quantizer, or ``weight_quantizer`` gives
            another dtype or range.

    Example:
        >>> Int4QuantizationConfig(block_size=64).get_config()
        {'weight_quantizer': None, 'activation_quantizer': None, 'block_size': 64}

    Source: Keras API, quantizers/Int4QuantizationConfig.
    """

    def __init__(
        self, weight_quantizer: Any = None, activation_quantizer: Any = "default", block_size: int | None = 128
    ) -> None:
        if isinstance(activation_quantizer, str) and activation_quantizer == "default":
            activation_quantizer = None
        has_blocks = block_size is not None and block_size != -1
        if has_blocks:
            try:
                check_positive_int("block_size", block_size)
            except ValueError as error:
                raise ValueError(
                    f"block_size must be a positive integer, or None or -1 for no blocks. Received: {block_size!r}"
                ) from error
            if weight_quantizer is not None or activation_quantizer is not None:
                raise ValueError(
                    "Int4 sub-channel quantization, in blocks of weights, does not support other quantizers than its"
                    f" own. Leave them out, or set block_size to None or -1. Received: block_size={block_size},"
                    f" weight_quantizer={weight_quantizer!r}, activation_quantizer={activation_quantizer!r}"
                )
        _check_callable(self, "weight_quantizer", weight_quantizer)
        _check_callable(self, "activation_quantizer", activation_quantizer)
        if weight_quantizer is not None:
            value_range = getattr(weight_quantizer, "value_range", None)
            if value_range is None or tuple(value_range) != _INT4_RANGE:
                raise ValueError(
                    f"{type(self).__name__} needs a weight_quantizer with value_range={_INT4_RANGE}. Received:"
                    f" value_range={value_range}"
                )
        _check_int8(self, weight_quantizer)
        super().__init__(weight_quantizer, activation_quantizer)
        self.block_size = block_size

    @property
    def mode(self) -> str:
        """``"int4"``."""
        return "int4"

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "block_size": self.block_size}


class Float8QuantizationConfig(QuantizationConfig):
    """Training in float8: weights and inputs are rounded to e4m3fn, gradients to e5m2, with scales that follow them.

    Example:
        >>> Float8QuantizationConfig().mode
        'float8'

    Source: Keras API, quantizers/Float8QuantizationConfig.
    """

    def __init__(self) -> None:
        super().__init__()

    @property
    def mode(self) -> str:
        """``"float8"``."""
        return "float8"

    def get_config(self) -> dict[str, Any]:
        return {}


_DEFAULTS = {"int8": Int8QuantizationConfig, "int4": Int4QuantizationConfig, "float8": Float8QuantizationConfig}
_NEEDED: dict[str, type[QuantizationConfig]] = {"gptq": GPTQConfig, "awq": AWQConfig}


def validate_and_resolve_config(mode: str | None, config: QuantizationConfig | str | None) -> Any:
    """Return the config that the arguments of ``quantize`` mean.

    Args:
        mode: Name of a mode, whose default config counts without a ``config``.
        config: Config, or name of a mode.

    Raises:
        ValueError: there is neither; the mode is unknown, contradicts the config, or needs a config of its class; or
            ``config`` is none.

    Example:
        >>> validate_and_resolve_config("int4", None).block_size
        128
    """
    if mode is None and config is None:
        raise ValueError("You must provide `mode` or `config` to `quantize`: one of " + ", ".join(map(repr, MODES)))
    if mode is not None:
        _check_mode(mode)
    if isinstance(config, str):
        _check_mode(config)
        if mode not in (None, config):
            raise ValueError(f"Contradictory arguments: mode={mode!r} but config={config!r}. Give one of them.")
        mode, config = config, None
    if config is None:
        if mode in _NEEDED:
            needed = _NEEDED[mode].__name__
            raise ValueError(
                f"For mode {mode!r} you must pass a `{needed}` object in the `config` argument: it has the data and the"
                " tokenizer."
            )
        return _DEFAULTS[str(mode)]()
    if not isinstance(config, QuantizationConfig):
        raise ValueError(
            "Argument `config` must be a `QuantizationConfig`, such as `keras.quantizers.Int8QuantizationConfig()`."
            f" Received: config={config!r} of type {type(config)}"
        )
    if mode not in (None, config.mode):
        raise ValueError(f"Contradictory arguments: mode={mode!r} but config.mode={config.mode!r}. Give one of them.")
    _check_mode(config.mode)
    needed_class = _NEEDED.get(config.mode, QuantizationConfig)
    if not isinstance(config, needed_class):
        raise ValueError(
            f"Mode {config.mode!r} requires a valid `config` argument, a `{needed_class.__name__}`. Received:"
            f" {type(config)}"
        )
    return config


def config_of_policy(policy: DTypePolicy) -> QuantizationConfig | None:
    """Return the config that the name of a dtype policy spells out; None where it is the default one of its mode."""
    return Int4QuantizationConfig(block_size=policy.block_size) if isinstance(policy, Int4DTypePolicy) else None


def _check_mode(mode: Any) -> None:
    if mode not in MODES:
        raise ValueError(
            f"Invalid quantization mode. Expected one of {MODES}. Received: mode={mode!r}.{nearest(str(mode), MODES)}"
        )


def _check_callable(config: Any, name: str, quantizer: Any) -> None:
    if quantizer is not None and (isinstance(quantizer, type) or not callable(quantizer)):
        raise TypeError(
            f"{name} of {type(config).__name__} must be a quantizer, such as `keras.quantizers.AbsMaxQuantizer()`, or"
            f" None. Received: {quantizer!r} of type {type(quantizer)}"
        )


def _check_int8(config: Any, quantizer: Any) -> None:
    """Refuse a quantizer of weights to another dtype: layers store int8."""
    dtype = getattr(quantizer, "output_dtype", None)
    if quantizer is not None and dtype != "int8":
        raise ValueError(
            f"{type(config).__name__} needs a weight_quantizer with output_dtype='int8'. Received:"
            f" output_dtype={dtype!r}"
        )
