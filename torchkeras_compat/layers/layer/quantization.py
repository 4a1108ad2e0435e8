"""`layer.quantize`: what is checked before any layer quantizes its weights, and the layers that do not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchkeras_compat.dtypes.quantized_policy import MODES, Int4DTypePolicy, QuantizedDTypePolicy
from torchkeras_compat.quantizers.configs import Int4QuantizationConfig, validate_and_resolve_config

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


class QuantizationMixin:
    """The part of `Layer` that has its weights quantized."""

    def quantize(self, mode: str | None = None, type_check: bool = True, config: Any = None) -> None:
        """Store the weights in few bits; layers that can define it.

        Args:
            mode: ``"int8"``, ``"int4"``, ``"float8"``, ``"gptq"`` or ``"awq"``; None for that of ``config``.
            type_check: Whether subclasses, which may compute otherwise, are refused.
            config: `QuantizationConfig`; None for the default one of ``mode``.

        Raises:
            NotImplementedError: the layer has no quantized form.
        """
        raise _not_implemented(self, "quantize")

    def quantized_build(self, input_shape: Any, mode: str | None) -> None:
        """Make the weights of a mode; layers that can be quantized define it.

        Raises:
            NotImplementedError: the layer has no quantized form.
        """
        raise _not_implemented(self, "quantized_build")

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the quantized layer, whose ``call`` does it too.

        Raises:
            NotImplementedError: the layer has no quantized form.
        """
        raise _not_implemented(self, "quantized_call")

    def _quantize_by(self, policy: QuantizedDTypePolicy) -> None:
        """Quantize as a policy says."""
        if isinstance(policy, Int4DTypePolicy):
            self.quantize(config=Int4QuantizationConfig(block_size=policy.block_size))
        else:
            self.quantize(policy.quantization_mode)


def checked_quantize(quantize: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a class's ``quantize``: it gets mode and config, and only if the layer can be quantized now."""

    @functools.wraps(quantize)
    def wrapped(self: Layer, mode: Any = None, *args: Any, config: Any = None, **kwargs: Any) -> Any:
        config = validate_and_resolve_config(mode, config)
        check_quantizable(self, config.mode)
        return quantize(self, config.mode, *args, config=config, **kwargs)

    wrapped._checked = True  # type: ignore[attr-defined]
    return wrapped


def check_quantizable(layer: Layer, mode: str) -> None:
    """Refuse a mode that a layer cannot take.

    Raises:
        ValueError: the layer is not built, is quantized already, or computes in a dtype that does not go with ``mode``.
    """
    if not layer.built:
        raise ValueError(
            f"Cannot quantize a layer that isn't yet built. Layer '{layer.name}' (of type '{type(layer).__name__}') is"
            " not built yet: call it on data, or `build(input_shape)`, first."
        )
    if mode not in MODES:
        raise ValueError(f"Invalid quantization mode. Expected one of {MODES}. Received: mode={mode}")
    if mode == "int8" and layer.compute_dtype == "float16":
        raise ValueError(f"Quantization mode='{mode}' doesn't work well with compute_dtype='float16'. Use bfloat16.")
    if layer.quantization_mode is not None:
        raise ValueError(
            f"Layer '{layer.name}' is already quantized with dtype_policy='{layer._dtype_policy.name}'. Received:"
            f" mode={mode}"
        )


def _not_implemented(layer: Any, method: str) -> NotImplementedError:
    return NotImplementedError(
        f"Layer {type(layer).__name__} does not have a `{method}` method implemented. Its weights stay as they are."
    )
