"""What a class of layers that has an adapter shows of it: methods and properties, to be named in the class.

The adapter is loaded by the first of them that needs it. A layer that was not adapted has no state of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.adaptation.adapter import Adapter
    from torchkeras_compat.layers.layer.layer import Layer


def keep_arguments(
    layer: Layer, lora_rank: int | None, lora_alpha: float | None, quantization_config: Any = None
) -> None:
    """Keep the arguments of a constructor that say how the layer is adapted once it is built.

    Args:
        layer: The layer.
        lora_rank: Rank of the low-rank adapter; None for none.
        lora_alpha: The low-rank adapter is scaled by ``lora_alpha / lora_rank``; None for ``lora_rank``.
        quantization_config: How the weight of a layer with a quantized dtype is quantized.

    Raises:
        ValueError: ``lora_rank`` is not a positive int.
    """
    if lora_rank is not None or lora_alpha is not None or quantization_config is not None:
        _adapter(layer).keep_arguments(lora_rank, lora_alpha, quantization_config)


def kept_arguments(layer: Any) -> dict[str, Any]:
    """Return the arguments that say how a layer is adapted, for its config."""
    if getattr(layer, "quantization_config", None) is None and not layer.lora_rank:
        return {"quantization_config": None} if hasattr(layer, "quantization_config") else {}
    return _adapter(layer).get_config()


def enable_lora(
    self: Layer,
    rank: int,
    lora_alpha: float | None = None,
    a_initializer: Any = "he_uniform",
    b_initializer: Any = "zeros",
) -> None:
    """Freeze the weight and train a product of two small matrices that is added to it.

    Args:
        rank: Size between the two.
        lora_alpha: The product is scaled by ``lora_alpha / rank``; None for ``rank``.
        a_initializer: Initializer of the first, of the weight's shape with ``rank`` as last size.
        b_initializer: Initializer of the second, ``(rank, last size)``.

    Raises:
        ValueError: the layer is not built, has an adapter already, or constrains its weight.
        NotImplementedError: the weight is quantized by GPTQ or AWQ.

    Example:
        >>> from torchkeras_compat import layers
        >>> layer = layers.Dense(3, use_bias=False)
        >>> layer.build((None, 4))
        >>> layer.enable_lora(2)
        >>> [v.name for v in layer.trainable_variables]
        ['lora_kernel_a', 'lora_kernel_b']

    Source: Hu et al. 2021, section 4.1; Keras API, Dense.enable_lora.
    """
    _adapter(self).enable_lora(rank, lora_alpha, a_initializer, b_initializer)


def weight_property(name: str, doc: str) -> property:
    """Return the property of a weight that lies in the attribute ``_NAME``, and that an adapter may change."""
    attribute = f"_{name}"

    def get(layer: Layer) -> Any:
        state = layer.__dict__
        if not layer.built and attribute not in state:
            raise AttributeError(f"You must build the layer before accessing `{name}`.")
        return _adapter(layer).visible_weight() if layer._is_adapted else state.get(attribute)

    def set_to(layer: Layer, value: Any) -> None:
        """Take a weight from a subclass that makes its own."""
        layer._forget(attribute)
        if isinstance(value, Variable):
            layer._register_variable(value, name)
        layer.__dict__[attribute] = value

    return property(get, set_to, doc=doc)


def calibration_property(mode: str) -> property:
    """Return the property that says whether the integers of the kernel were chosen by ``mode``."""

    def get(layer: Layer) -> bool:
        return layer.quantization_mode == mode and _adapter(layer).is_calibrated

    def set_to(layer: Layer, value: bool) -> None:
        if value:
            _adapter(layer).finish_calibration(mode)

    name = mode.upper()
    doc = f"Whether {name} chose the integers of the kernel, which the layer then computes with."
    return property(get, set_to, doc=doc)


def _block_size(layer: Any) -> int | None:
    return getattr(layer.quantization_config, "block_size", None)


int4_block_size = property(_block_size, doc="Neighbouring weights that share a scale in int4, as the config says.")


def _adapter(layer: Layer) -> Adapter:
    adapter = adapter_of(layer)
    assert adapter is not None
    return adapter
