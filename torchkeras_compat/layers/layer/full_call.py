"""The full call: convert inputs, build, masks, mixed precision, losses, recording.

A built layer that gets one tensor of the right dtype without a mask skips all of it: see ``Layer.forward``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.fx import _symbolic_trace as fx_trace

from torchkeras_compat import naming
from torchkeras_compat.layers.layer.arguments import convert_arguments, fill_masks, first_input, resolve_training
from torchkeras_compat.layers.layer.building import build_from
from torchkeras_compat.layers.layer.call_errors import say_layer
from torchkeras_compat.layers.layer.call_spec import CallSpec
from torchkeras_compat.layers.layer.call_state import STATE, forget_losses
from torchkeras_compat.layers.layer.fx_tracing import traced_call, tracer_of
from torchkeras_compat.layers.layer.input_spec import check_inputs
from torchkeras_compat.layers.layer.masks import hand_masks_on
from torchkeras_compat.layers.layer.modes import training_state
from torchkeras_compat.layers.layer.outputs import add_activity_losses, cast_outputs, precision
from torchkeras_compat.layers.layer.symbolic_call import symbolic_call
from torchkeras_compat.overrides import DIALECT, OVERRIDES
from torchkeras_compat.symbolic.keras_tensor import any_symbolic
from torchkeras_compat.typing import Tensors

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


def full_call(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensors:
    """Call a layer with everything that Keras promises of a call."""
    if any_symbolic(args, kwargs):
        if DIALECT in layer.__dict__:
            return layer._record_call(args, kwargs)
        return symbolic_call(layer, args, kwargs)
    if OVERRIDES.tensors is not None:
        found: Tensors = OVERRIDES.tensors.call(layer, args, kwargs)
        if found is not OVERRIDES.tensors.not_ours:
            return found
    if fx_trace._is_fx_tracing_flag:
        tracer = tracer_of(args, kwargs)
        if tracer is not None:
            return traced_call(layer, tracer, args, kwargs)  # type: ignore[no-any-return]  # proxies
    spec: CallSpec = layer._call_spec
    if STATE.depth == 0 and STATE.with_losses:
        forget_losses(layer)
    args, kwargs = convert_arguments(layer, args, kwargs)
    arguments = spec.arguments(args, kwargs)
    args, training = resolve_training(layer, spec, args, arguments, kwargs)
    STATE.depth += 1
    autocasts = STATE.autocasts
    naming.open_names.append(layer.name)
    try:
        if not layer.built:
            build_from(layer, arguments)
        inputs = first_input(layer, arguments)
        if layer.input_spec is not None:
            check_inputs(layer.input_spec, inputs, layer.name)
        masks = fill_masks(layer, spec, arguments, kwargs)
        with training_state(layer, training), precision(layer):
            STATE.autocasts = layer._is_mixed if layer._computes else autocasts
            outputs = layer.call(*args, **kwargs)
        if layer._casts_outputs:
            outputs = cast_outputs(layer, outputs)
        if layer.activity_regularizer is not None:
            add_activity_losses(layer, layer.activity_regularizer, outputs)
        hand_masks_on(layer, inputs, outputs, masks)
    except Exception as error:
        say_layer(error, layer, args, kwargs)
        raise
    finally:
        naming.open_names.pop()
        STATE.depth -= 1
        STATE.autocasts = autocasts
    return outputs
