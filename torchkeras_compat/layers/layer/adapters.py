"""The table from layers to their adapters, and what a layer leaves to them: quantization and low-rank adaptation.

Few models are adapted: the modules of an adapter are loaded when the first layer is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from torchkeras_compat.dtypes.dtype_policy import DTypePolicy
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    import torch

    from torchkeras_compat.dtypes.quantized_policy import QuantizedDTypePolicy
    from torchkeras_compat.layers.adaptation.adapter import Adapter
    from torchkeras_compat.layers.layer.layer import Layer


@functools.singledispatch
def adapter_of(layer: object) -> Adapter | None:
    """Return what adapts a layer; None for a layer that cannot be adapted.

    A class enters the table with ``@adapter_of.register(TheClass)`` on the function that makes its adapter; subclasses
    get it too.
    """
    return None


class AdaptationMixin:
    """The part of `Layer` that its adapter does, if the layer has one."""

    if TYPE_CHECKING:
        # Of the layer that this is a part of.
        built: bool
        call: Callable[..., Any]
        _dtype_policy: DTypePolicy
        _own_variables: Callable[[], list[Variable]]

    # Attributes with the variables that files hold first, in their order.
    _file_order: tuple[str, ...] = ()
    # Whether another torch module has taken the place of the one that computes, or wraps it.
    _is_adapted = False

    def quantize(self, mode: str | None = None, type_check: bool = True, config: Any = None) -> None:
        """Quantize the weights, and compute with those from now on; layers that can do it.

        Args:
            mode: ``"int8"``, ``"int4"``, ``"float8"``, ``"gptq"`` or ``"awq"``, as far as the layer can; None for that
                of ``config``.
            type_check: Whether subclasses from outside the package, which may compute otherwise, are refused.
            config: `QuantizationConfig`; None for the default one of ``mode``.

        Raises:
            ValueError: the layer is not built or quantized already, or mode and config do not fit.
            NotImplementedError: the layer has no quantized form, cannot be quantized to ``mode``, or is of a subclass.

        Example:
            >>> from torchkeras_compat import layers
            >>> layer = layers.Dense(3)
            >>> layer.build((None, 4))
            >>> layer.quantize("int8")
            >>> layer.dtype_policy.name, layer.kernel.dtype
            ('int8_from_float32', 'int8')

        Source: Keras API, Layer.quantize.
        """
        self._adapter_for("quantize").quantize(mode, type_check, config)

    def quantized_build(self, input_shape: Any, mode: str | None, config: Any = None) -> None:
        """Quantize the weights to a mode: what ``build`` does for a layer with a quantized dtype.

        Args:
            input_shape: Not used: the weights are there.
            mode: See :meth:`quantize`.
            config: `QuantizationConfig`; None for that of the layer.

        Raises:
            NotImplementedError: the layer has no quantized form, or cannot be quantized to ``mode``.
        """
        self._adapter_for("quantized_build").quantized_build(mode, config)

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the quantized layer, which ``call`` does too.

        Raises:
            NotImplementedError: the layer has no quantized form, or is not quantized.
        """
        self._adapter_for("quantized_call").check_mode(self._dtype_policy.quantization_mode)
        return self.call(*args, **kwargs)

    def _adapter_for(self, method: str) -> Adapter:
        adapter = adapter_of(self)
        if adapter is None or not adapter.modes:
            raise NotImplementedError(
                f"Layer {type(self).__name__} does not have a `{method}` method implemented. Its weights stay as they"
                " are."
            )
        return adapter

    def _quantize_by(self, policy: QuantizedDTypePolicy) -> None:
        """Quantize as a policy says."""
        from torchkeras_compat.quantizers.configs import config_of_policy  # most models need no quantizer (4 ms)

        self.quantize(policy.quantization_mode, config=config_of_policy(policy))

    def _on_built(self) -> None:
        """Adapt the new weights as policy and arguments say; called once."""
        state = self.__dict__
        if type(state["_dtype_policy"]) is not DTypePolicy or state.get("lora_rank"):
            adapter = adapter_of(self)
            if adapter is not None:
                adapter.on_built()

    def _file_variables(self) -> list[Variable]:
        """The variables of this layer alone that files hold, in their order."""
        adapter = adapter_of(self) if self._is_adapted else None
        return in_file_order(self, self._file_order) if adapter is None else adapter.file_variables()

    def _file_values(self) -> Sequence[Variable | torch.Tensor]:
        """What files hold of this layer alone: its variables, or values in their place."""
        adapter = adapter_of(self) if self._is_adapted else None
        return self._file_variables() if adapter is None else adapter.file_values()

    def _on_loaded(self) -> None:
        """Follow up that :meth:`_file_variables` got their values from a file."""
        adapter = adapter_of(self) if self._is_adapted else None
        if adapter is not None:
            adapter.on_loaded()


def in_file_order(layer: AdaptationMixin, names: tuple[str, ...], without: Iterable[Any] = ()) -> list[Variable]:
    """Return the variables of a layer alone: those in the attributes ``names``, where they are, then the others.

    Args:
        layer: The layer.
        names: Attributes; without any, the order is that of the layer, which may not be built.
        without: Variables that are left out.
    """
    if not names:
        return layer._own_variables()
    if not layer.built:
        return []
    left_out = {id(v) for v in without}
    known = [v for v in map(layer.__dict__.get, names) if isinstance(v, Variable) and id(v) not in left_out]
    listed = left_out | {id(v) for v in known}
    return [*known, *(v for v in layer._own_variables() if id(v) not in listed)]


def checked_quantize(quantize: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a class's ``quantize``: it gets mode and config, and only if the layer can be quantized now."""

    @functools.wraps(quantize)
    def wrapped(self: Layer, mode: Any = None, *args: Any, config: Any = None, **kwargs: Any) -> Any:
        config = config_to_quantize(self, mode, config)
        return quantize(self, config.mode, *args, config=config, **kwargs)

    wrapped._checked = True  # type: ignore[attr-defined]
    return wrapped


def config_to_quantize(layer: Layer, mode: Any, config: Any) -> Any:
    """Return the config that the arguments of ``quantize`` mean, if the layer can be quantized now.

    Raises:
        ValueError: mode and config do not fit; or the layer is not built, is quantized already, or computes in a dtype
            that does not go with them.
    """
    from torchkeras_compat.quantizers.configs import validate_and_resolve_config  # most models need none (4 ms)

    config = validate_and_resolve_config(mode, config)
    check_quantizable(layer, config.mode)
    return config


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
    if mode == "int8" and layer.compute_dtype == "float16":
        raise ValueError(f"Quantization mode='{mode}' doesn't work well with compute_dtype='float16'. Use bfloat16.")
    if layer.quantization_mode is not None:
        raise ValueError(
            f"Layer '{layer.name}' is already quantized with dtype_policy='{layer._dtype_policy.name}'. Received:"
            f" mode={mode}"
        )
