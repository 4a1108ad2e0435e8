"""The call on symbolic inputs: nothing is computed, it is recorded for a functional model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchkeras_compat import naming
from torchkeras_compat.layers.layer.arguments import fill_masks, first_input
from torchkeras_compat.layers.layer.building import build_from, build_left
from torchkeras_compat.layers.layer.call_errors import say_layer
from torchkeras_compat.layers.layer.call_spec import CallSpec
from torchkeras_compat.layers.layer.input_spec import check_inputs
from torchkeras_compat.layers.layer.masks import get_mask, hand_masks_on, set_mask
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import symbolic_leaves
from torchkeras_compat.symbolic.operation import record_function
from torchkeras_compat.symbolic.recording import record
from torchkeras_compat.typing import Masks, Tensors

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


def symbolic_call(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensors:
    """Record a call on KerasTensors: build the layer, infer the output, work out the masks."""
    spec: CallSpec = layer._call_spec
    arguments = spec.arguments(args, kwargs)
    explicit = dict(kwargs)
    if explicit.get("training", 0) is None or not (
        spec.has_training or spec.accepts_any_keyword or layer._passes_training_down
    ):
        explicit.pop("training", None)
    inputs = first_input(layer, arguments)
    was_built = layer.built
    naming.open_names.append(layer.name)
    try:
        if not was_built:
            build_from(layer, arguments)
        if layer.input_spec is not None:
            check_inputs(layer.input_spec, inputs, layer.name)
        implied: dict[str, Any] = dict(explicit)
        masks = fill_masks(layer, spec, arguments, implied)
        implied = {k: v for k, v in implied.items() if k not in explicit}
        outputs: Tensors = layer.compute_output_spec(*args, **{**explicit, **implied})
        if not was_built and layer._builds_by_calling:
            build_left(layer, args, {**explicit, **implied})
    except Exception as error:
        say_layer(error, layer, args, explicit)
        raise
    finally:
        naming.open_names.pop()
    outputs = record(layer, args, explicit, outputs, implied)
    _attach_masks(layer, inputs, outputs, masks)
    return outputs


def _attach_masks(layer: Layer, inputs: Tensors, outputs: Tensors, masks: Masks) -> None:
    """Give symbolic outputs the masks that the layer will compute."""
    if layer._is_graph:
        for x, is_masked in zip(symbolic_leaves(outputs), layer._masked_outputs(masks), strict=False):
            if is_masked:
                mask = record_function(get_mask, (x,), {}, _mask_spec, naming.auto_name("read_mask"))
                mask.is_found_late = True
                set_mask(x, mask)
    else:
        hand_masks_on(layer, inputs, outputs, masks)


def _mask_spec(x: KerasTensor) -> KerasTensor:
    return KerasTensor(x.shape[:2] if x.ndim > 1 else x.shape, "bool")
