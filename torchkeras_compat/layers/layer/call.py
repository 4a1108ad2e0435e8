"""What a layer call does besides computing: convert inputs, build, masks, mixed precision, losses, recording.

A built layer that gets one tensor of the right dtype without a mask skips all of it: see ``Layer.forward``.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils import _pytree as pytree

from torchkeras_compat import naming, tree
from torchkeras_compat.device import current_device, is_inferring_shapes
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.call_spec import CallSpec, build_arguments
from torchkeras_compat.layers.layer.input_spec import InputSpec, check_inputs
from torchkeras_compat.layers.layer.masks import any_mask, get_mask, hand_masks_on, masks_of, set_mask
from torchkeras_compat.layers.layer.meta_weights import meta_weights, to_meta
from torchkeras_compat.layers.layer.modes import training_state
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic
from torchkeras_compat.symbolic.keras_tensor import to_meta as meta_tensor
from torchkeras_compat.symbolic.recording import record
from torchkeras_compat.symbolic.shapes import infer_outputs, open_batch
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


_MANY = 64  # more axes than a tensor can have


class CallState:
    """The calls under way.

    Attributes:
        depth: How deep.
        with_losses: How many layers have ever added a loss in a call.
        autocasts: Whether a layer of mixed precision has turned torch's autocast on.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.with_losses = 0
        self.autocasts = False


STATE = CallState()


def forget_losses(entry: Layer) -> None:
    """Drop the losses that the last call left in the outermost layer of a new call, and in those below it."""
    state = entry.__dict__
    if state["_losses_version"] != STATE.with_losses:
        state["_losses_version"] = STATE.with_losses
        state["_loss_layers"] = [m for m in entry.modules() if getattr(m, "_adds_losses", False)]
    for layer in state["_loss_layers"]:
        layer._call_losses.clear()


def full_call(layer: Layer, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Call a layer with everything that Keras promises of a call."""
    if any_symbolic(args, kwargs):
        return symbolic_call(layer, args, kwargs)
    spec: CallSpec = layer._call_spec
    if STATE.depth == 0 and STATE.with_losses:
        forget_losses(layer)
    args, kwargs = convert_arguments(layer, args, kwargs)
    arguments = spec.arguments(args, kwargs)
    args, training = resolve_training(layer, spec, args, arguments, kwargs)
    STATE.depth += 1
    autocasts = STATE.autocasts
    naming._scopes.append(layer.name)
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
            add_activity_losses(layer, outputs)
        hand_masks_on(layer, inputs, outputs, masks)
    finally:
        naming._scopes.pop()
        STATE.depth -= 1
        STATE.autocasts = autocasts
    layer._plan_call()
    return outputs


def ranks_of(spec: Any) -> tuple[int, int]:
    """Return the lowest and the highest number of axes that a spec lets through."""
    if not isinstance(spec, InputSpec):
        return 0, _MANY
    low = spec.ndim if spec.ndim is not None else spec.min_ndim or 0
    high = spec.ndim if spec.ndim is not None else spec.max_ndim if spec.max_ndim is not None else _MANY
    return low, high


def is_checked_by_rank(layer: Layer) -> bool:
    """Return whether inputs of a good rank that do not fit make ``call`` fail, which then explains itself.

    So it is in layers of this package, where torch's kernels refuse wrong sizes; anybody else's `call` may not notice.
    """
    spec = layer.input_spec
    if spec is None:
        return True
    if not isinstance(spec, InputSpec) or spec.dtype is not None or spec.allow_last_axis_squeeze:
        return False
    return type(layer).__module__.startswith("torchkeras_compat.") or not (spec.axes or spec.shape)


def first_input(layer: Layer, arguments: dict[str, Any]) -> Any:
    """Return the value of the first argument."""
    return arguments.get(layer._call_spec.first) if layer._call_spec.first else None


def convert_arguments(layer: Layer, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """Return the arguments with arrays as tensors and floats in the compute dtype."""

    def convert(x: Any) -> Any:
        if isinstance(x, (np.ndarray, np.generic)):
            x = convert_to_tensor(x)
        elif isinstance(x, Variable):
            x = x.value
        elif not isinstance(x, torch.Tensor):
            return x
        if (layer.autocast and x.is_floating_point()) or not layer._takes_integers:
            if x.dtype is not layer._compute_torch_dtype and not x.is_complex():
                mask = get_mask(x)
                x = x.to(layer._compute_torch_dtype)
                if mask is not None:
                    set_mask(x, mask)
        return x

    if len(args) == 1 and not kwargs and isinstance(args[0], torch.Tensor):
        return (convert(args[0]),), {}
    masks = {k: v for k, v in kwargs.items() if k == "mask" or k.endswith("_mask")}
    args, rest = tree.map_structure(convert, (args, {k: v for k, v in kwargs.items() if k not in masks}))
    if args and not layer.__dict__.get("_takes_lists", False) and _is_numbers(args[0]):
        args = (convert(np.asarray(args[0])), *args[1:])
        if args[0].dtype is torch.float64:
            args = (args[0].to(layer._compute_torch_dtype), *args[1:])
    return args, {
        **rest,
        **tree.map_structure(lambda m: convert_to_tensor(m) if isinstance(m, np.ndarray) else m, masks),
    }


def _is_numbers(x: Any) -> bool:
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def resolve_training(
    layer: Layer, spec: CallSpec, args: tuple, arguments: dict[str, Any], kwargs: dict[str, Any]
) -> tuple[tuple, bool | None]:
    """Return the positional arguments, and the training state asked for in this call, None for that of the layer.

    The keyword is taken out of ``kwargs`` where ``call`` does not take it. Where it does, None becomes the state.
    """
    training = arguments.get("training")
    if not spec.has_training:
        if not spec.accepts_any_keyword:
            kwargs.pop("training", None)
    elif training is None:
        place = spec.names.index("training") if "training" in spec.names else len(args)
        if place < len(args):
            args = (*args[:place], layer.training, *args[place + 1 :])
        else:
            kwargs["training"] = layer.training
    return args, None if training is None else bool(training)


def precision(layer: Layer) -> Any:
    """Return torch's autocast where the policy computes in another dtype than the weights have.

    A layer that does not, called by one that does, computes in its own dtype: autocast is off for it.
    """
    if not layer._is_mixed:
        if not STATE.autocasts or not layer._computes:
            return contextlib.nullcontext()
        return torch.autocast(layer._device_type(), enabled=False)
    kind = layer._device_type()
    if torch.is_autocast_enabled(kind) and torch.get_autocast_dtype(kind) is layer._compute_torch_dtype:
        return contextlib.nullcontext()
    return torch.autocast(kind, dtype=layer._compute_torch_dtype)


def cast_outputs(layer: Layer, outputs: Any) -> Any:
    """Return the outputs in the compute dtype, unless layers below, of other policies, may have given them theirs."""
    dtype = layer._compute_torch_dtype
    leaves = (outputs,) if isinstance(outputs, torch.Tensor) else pytree.tree_leaves(outputs)
    if all(not isinstance(x, torch.Tensor) or x.dtype is dtype or not x.is_floating_point() for x in leaves):
        return outputs
    if any(x._compute_torch_dtype is not dtype and x._computes for x in layer._flatten_layers()):
        return outputs
    return cast_floats(outputs, dtype)


def cast_floats(outputs: Any, dtype: torch.dtype) -> Any:
    """Return the outputs with floating point tensors in ``dtype``."""

    def cast(x: Any) -> Any:
        if not isinstance(x, torch.Tensor) or not x.is_floating_point() or x.dtype is dtype:
            return x
        mask, x = get_mask(x), x.to(dtype)
        if mask is not None:
            set_mask(x, mask)
        return x

    return cast(outputs) if isinstance(outputs, torch.Tensor) else tree.map_structure(cast, outputs)


def fill_masks(layer: Layer, spec: CallSpec, arguments: dict[str, Any], kwargs: dict[str, Any]) -> Any:
    """Give ``call`` the masks that its inputs carry; return the masks of the first input, which the output follows."""
    if spec.has_mask and arguments.get("mask") is None:
        mask = masks_of(first_input(layer, arguments))
        if any_mask(mask) and "mask" not in spec.names[: len(arguments) - len(kwargs)]:
            kwargs["mask"] = mask
    for name in spec.mask_names:
        if arguments.get(name) is None:
            mask = masks_of(arguments.get(name.removesuffix("_mask")))
            if any_mask(mask):
                kwargs[name] = mask
    given = arguments.get("mask") if spec.has_mask else None
    return masks_of(first_input(layer, arguments)) if given is None else given


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, (torch.Tensor, KerasTensor)):
        return True
    return any(isinstance(x, (torch.Tensor, KerasTensor)) for x in pytree.tree_leaves(value))


def shapes_of(value: Any) -> Any:
    """Return the shapes of a nested structure of tensors."""
    if isinstance(value, (torch.Tensor, KerasTensor, Variable)):
        return tuple(value.shape)
    if isinstance(value, dict):
        return {k: shapes_of(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(shapes_of, value)) if type(value) in (list, tuple) else [shapes_of(v) for v in value]
    return None


def _check_build_arguments(layer: Layer, wanted: tuple[str, ...]) -> None:
    for name in wanted:
        problem = None
        if not name.endswith("_shape"):
            problem = f"`build()` has the argument `{name}`, which does not end in `_shape`"
        elif not layer._call_spec.takes(name.removesuffix("_shape")):
            argument = name.removesuffix("_shape")
            problem = f"`build()` has the argument `{name}`, but `call()` does not have argument `{argument}`"
        if problem:
            raise ValueError(
                f"For a `build()` method with more than one argument, all are named after arguments of `call()`, with"
                f" `_shape` behind. In {type(layer).__name__} '{layer.name}', {problem}."
            )


def _with_open_batch(shapes: Any) -> Any:
    """Return shapes met during shape inference with None in place of the batch size that stands for any."""
    if isinstance(shapes, dict):
        return {k: _with_open_batch(v) for k, v in shapes.items()}
    if isinstance(shapes, (list, tuple)) and any(isinstance(s, (list, tuple, dict)) for s in shapes):
        return type(shapes)(map(_with_open_batch, shapes))
    return open_batch(shapes) if shapes else shapes


def build_from(layer: Layer, arguments: dict[str, Any]) -> None:
    """Build a layer for the shapes of its call arguments.

    Raises:
        ValueError: ``build`` asks for the shape of an argument that this call does not have.
    """
    wanted = build_arguments(type(layer)._raw_build)
    shapes = {
        k: _with_open_batch(shapes_of(v)) if is_inferring_shapes() else shapes_of(v)
        for k, v in arguments.items()
        if k != "training" and (not (k == "mask" or k.endswith("_mask")) or f"{k}_shape" in wanted) and _holds_tensor(v)
    }
    if len(wanted) > 1:
        _check_build_arguments(layer, wanted)
    if (len(wanted) == 1 and len(shapes) <= 1) or (
        wanted and not any(name.endswith("_shape") and name.removesuffix("_shape") in shapes for name in wanted)
    ):
        given: tuple = (next(iter(shapes.values()), None),)
        if len(wanted) > 1 and len(shapes) > 1:
            given = tuple(shapes.values())[: len(wanted)]
        keywords: dict[str, Any] = {}
    else:
        given = ()
        keywords = {
            name: shapes[name.removesuffix("_shape")] for name in wanted if name.removesuffix("_shape") in shapes
        }
    if layer._checks_spec_before_build and layer.input_spec is not None:
        check_inputs(layer.input_spec, first_input(layer, arguments), layer.name)
    naming._scopes.pop()  # `build` opens the scope of the layer itself
    try:
        layer.build(*given, **keywords)
    finally:
        naming._scopes.append(layer.name)
    if is_inferring_shapes():
        to_meta(layer)


def add_activity_losses(layer: Layer, outputs: Any) -> None:
    """Add the activity regularizer's loss of each output, averaged over the batch."""
    for x in pytree.tree_leaves(outputs):
        if isinstance(x, torch.Tensor) and x.is_floating_point():
            layer.add_loss(layer.activity_regularizer(x) / max(x.shape[0] if x.ndim else 1, 1))


def symbolic_call(layer: Layer, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Record a call on KerasTensors: build the layer, infer the output, work out the masks."""
    spec: CallSpec = layer._call_spec
    arguments = spec.arguments(args, kwargs)
    explicit = dict(kwargs)
    if explicit.get("training", 0) is None or not (
        spec.has_training or spec.accepts_any_keyword or layer._passes_training_down
    ):
        explicit.pop("training", None)
    inputs = first_input(layer, arguments)
    naming._scopes.append(layer.name)
    try:
        if not layer.built:
            build_from(layer, arguments)
        if layer.input_spec is not None:
            check_inputs(layer.input_spec, inputs, layer.name)
        implied: dict[str, Any] = dict(explicit)
        masks = fill_masks(layer, spec, arguments, implied)
        implied = {k: v for k, v in implied.items() if k not in explicit}
        outputs = layer.compute_output_spec(*args, **{**explicit, **implied})
    finally:
        naming._scopes.pop()
    layer._plan_call()
    outputs = record(layer, args, explicit, outputs, implied)
    layer._attach_symbolic_masks(inputs, outputs, masks)
    return outputs


def known_output_shape(layer: Layer, args: tuple) -> tuple[int | None, ...] | None:
    """Return the shape that a layer says its output has for symbolic input; None if it does not say."""
    inputs = args[0] if args else None
    tensors: list[Any] | tuple[Any, ...] = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    if tensors is inputs and not getattr(layer, "_takes_lists", False):
        return None
    if not tensors or not layer.autocast or not all(isinstance(x, KerasTensor) for x in tensors):
        return None
    for dtype in {to_torch_dtype(x.dtype) for x in tensors}:
        if not dtype.is_floating_point and (layer._takes_integers or dtype.is_complex):
            return None
    shapes = [tuple(x.shape) for x in tensors]
    return layer._known_output_shape(shapes if tensors is inputs else shapes[0])


def infer_call(layer: Layer, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Return KerasTensors of what ``call`` would return, by running it on meta tensors."""

    def call(*args: Any, **kwargs: Any) -> Any:
        with precision(layer):
            STATE.autocasts = layer._is_mixed if layer._computes else autocasts
            outputs = layer.call(*args, **kwargs)
        return cast_outputs(layer, outputs) if layer._casts_outputs else outputs

    def as_computed(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return x
        dtype = meta_tensor(x, 1).dtype
        if (layer.autocast and dtype.is_floating_point) or (not layer._takes_integers and not dtype.is_complex):
            return KerasTensor(x.shape, layer._compute_torch_dtype)
        return x

    if (
        layer._call_spec.has_training
        and "training" not in kwargs
        and len(args)
        <= (layer._call_spec.names.index("training") if "training" in layer._call_spec.names else len(args))
    ):
        kwargs = {**kwargs, "training": False}
    masks = {k: v for k, v in kwargs.items() if k.endswith("mask")}
    args, rest = tree.map_structure(as_computed, (args, {k: v for k, v in kwargs.items() if k not in masks}))
    STATE.depth += 1
    autocasts = STATE.autocasts
    losses = [(x, list(x._call_losses)) for x in layer._flatten_layers()]
    try:
        with meta_weights(layer):
            return infer_outputs(call, args, {**rest, **masks})
    finally:
        STATE.depth -= 1
        STATE.autocasts = autocasts
        for x, before in losses:
            x._call_losses[:] = before


def current_device_type() -> str:
    """Return the type of the device that new weights would lie on."""
    kind = current_device().type
    return "cpu" if kind == "meta" else kind
