"""Shapes of outputs before there are any: said by the layer, or found by running ``call`` on meta tensors.

The weights of the layer stand aside for meta tensors while it runs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from torchkeras_compat import tree
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.call_errors import say_layer
from torchkeras_compat.layers.layer.call_spec import build_arguments
from torchkeras_compat.layers.layer.call_state import STATE
from torchkeras_compat.layers.layer.meta_attributes import without_meta_attributes
from torchkeras_compat.layers.layer.outputs import cast_outputs, precision
from torchkeras_compat.layers.layer.shapes import holds_tensor, shapes_of, symbolic
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.keras_tensor import to_meta as meta_tensor
from torchkeras_compat.symbolic.shapes import infer_outputs
from torchkeras_compat.typing import Shape, Tensors

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer

_open: list[list[tuple[dict[str, Any], str, torch.Tensor]]] = []


@contextlib.contextmanager
def meta_weights(module: nn.Module) -> Iterator[None]:
    """Replace parameters and buffers of ``module`` and everything below by meta tensors inside the scope.

    Lazy modules of torch make theirs by then, with values, and compute with meta tensors from there on.
    """
    with contextlib.nullcontext() if _open else without_meta_attributes(module), _weights_aside(module):
        yield


@contextlib.contextmanager
def _weights_aside(module: nn.Module) -> Iterator[None]:
    _open.append([])
    lazy = [m for m in module.modules() if is_unfilled(m)]
    names = [type(m).__name__ for m in lazy]
    hooks = [m.register_forward_pre_hook(_made_weights_to_meta) for m in lazy]
    try:
        to_meta(module)
        yield
    except Exception as error:
        made = [name for name, m in zip(names, lazy, strict=True) if not is_unfilled(m)]
        if made:
            error.add_note(
                f"{', '.join(made)} took the sizes of its weights from inputs of which not all sizes may be known. Make"
                " the layer again, and give `Input` the sizes that lazy modules ask for."
            )
        raise
    finally:
        for hook in hooks:
            hook.remove()
        replaced = _open.pop()
        if _open:  # weights made inside are needed on the meta device in the scope around, too
            _open[-1].extend(replaced)
        else:
            for store, key, tensor in reversed(replaced):
                if key in store:
                    store[key] = tensor


def is_unfilled(module: nn.Module) -> bool:
    """Whether a module is a lazy one of torch, whose weights its first call makes."""
    return any(t is not None and is_lazy(t) for t in (*module._parameters.values(), *module._buffers.values()))


def _made_weights_to_meta(module: nn.Module, args: Any) -> None:
    to_meta(module)  # the module's own hook, which comes first, has made the weights


def to_meta(module: nn.Module) -> None:
    """Replace weights built inside a :func:`meta_weights` scope too."""
    if not _open:
        return
    for child in module.modules():
        stores: tuple[dict[str, Any], ...] = (child._parameters, child._buffers)
        for store in stores:
            for key, tensor in store.items():
                if tensor is None or is_lazy(tensor):
                    continue
                if tensor.device.type != "meta":
                    _open[-1].append((store, key, tensor))
                    meta = torch.empty_like(tensor, device="meta")
                    store[key] = nn.Parameter(meta, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else meta


def spec_of_shapes(layer: Layer, arguments: dict[str, Any]) -> Tensors:
    """Return KerasTensors of the shapes that ``compute_output_shape`` of a layer's class gives for call arguments."""
    shapes = {
        k: shapes_of(v) for k, v in arguments.items() if not k.endswith("mask") and k != "training" and holds_tensor(v)
    }
    wanted = build_arguments(type(layer).compute_output_shape)
    if len(wanted) == 1:
        result = layer.compute_output_shape(next(iter(shapes.values())))
    else:
        names = ((name, name.removesuffix("_shape")) for name in wanted)
        result = layer.compute_output_shape(**{name: shapes[of] for name, of in names if of in shapes})
    return symbolic(result, layer.compute_dtype)


def known_output_shape(layer: Layer, args: tuple[Any, ...]) -> Shape | None:
    """Return the shape that a layer says its output has for symbolic input; None if it does not say."""
    inputs = args[0] if args else None
    tensors: list[Any] | tuple[Any, ...] = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    if tensors is inputs and not layer._takes_lists:
        return None
    if not tensors or not layer.autocast or not all(isinstance(x, KerasTensor) for x in tensors):
        return None
    for dtype in {to_torch_dtype(x.dtype) for x in tensors}:
        if not dtype.is_floating_point and (layer._takes_integers or dtype.is_complex):
            return None
    shapes = [tuple(x.shape) for x in tensors]
    return layer._known_output_shape(shapes if tensors is inputs else shapes[0])


def infer_call(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensors:
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
    losses = [(x, list(x._call_losses.added)) for x in layer._flatten_layers()]
    try:
        with meta_weights(layer):
            outputs: Tensors = infer_outputs(call, args, {**rest, **masks})
            return outputs
    except Exception as error:
        say_layer(error, layer, args, {**rest, **masks})
        raise
    finally:
        STATE.depth -= 1
        STATE.autocasts = autocasts
        for x, before in losses:
            x._call_losses.added[:] = before
