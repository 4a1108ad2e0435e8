"""How a layer gets its weights: once, under its own name scope, for the shapes of its first call."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat import naming
from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.layers.layer.arguments import first_input
from torchkeras_compat.layers.layer.call_errors import mark
from torchkeras_compat.layers.layer.call_spec import build_arguments
from torchkeras_compat.layers.layer.input_spec import InputSpec, check_inputs
from torchkeras_compat.layers.layer.shape_inference import infer_call, to_meta
from torchkeras_compat.layers.layer.shapes import as_shape, holds_tensor, shapes_of, symbolic, with_open_batch
from torchkeras_compat.layers.layer.state import LayerState
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config, Shapes
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


def build_below(layer: Layer, input_shapes: tuple[Shapes, ...]) -> None:
    """Build the layers below by running ``call`` on meta tensors.

    Raises:
        ValueError: that did not do it.
    """
    if not input_shapes or input_shapes[0] is None or not any(True for _ in _unbuilt_below(layer)):
        return
    noted = layer._build_state.inputs if layer._notes_inputs else None
    several = noted is not None and len(noted) > 1  # the only way to say all of them to `build(input_shape)` of a model
    args = () if several else tuple(symbolic(s) for s in input_shapes)
    kwargs = _symbolic_inputs(noted) if several else {}
    is_open = naming.open_names[-1:] == [layer.name]  # by a `build` of the class
    try:
        with contextlib.nullcontext() if is_open else naming.name_scope(layer.name):
            infer_call(layer, args, kwargs)
    except (TypeError, RuntimeError, NotImplementedError, ValueError) as error:
        explained = ValueError(
            f"Layer '{layer.name}' has layers that are not built, and running `call` on inputs of shape "
            f"{input_shapes[0]} did not build them ({' '.join(str(error).split())}). Call the layer on data, or define"
            " `build`."
        )
        mark(explained)  # the error that it comes from says the rest
        raise explained from error


def build_left(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Build what is not built below a layer without ``build``, whose class says its output shape, by running ``call``.

    As in Keras: only a warning where that fails, since the first call on data may do it.
    """
    if layer._is_graph or not layer._computes or not any(True for _ in _unbuilt_below(layer)):
        return
    try:
        infer_call(layer, args, kwargs)
    except Exception as error:
        warn_user(
            f"Layer '{layer.name}' has layers that are not built, and running `call` on symbolic inputs did not build"
            f" them ({' '.join(str(error).split())}). Call the layer on data, or define `build`."
        )


def _symbolic_inputs(noted: dict[str, Any] | None) -> dict[str, Any]:
    tensors: dict[str, Any] = pytree.tree_map_only(InputSpec, lambda spec: KerasTensor(spec.shape, spec.dtype), noted)
    return tensors


def _unbuilt_below(layer: Layer) -> Iterator[LayerState]:
    return (m for m in layer.modules() if m is not layer and isinstance(m, LayerState) and not m.built)


def build_config(layer: Layer) -> Config | None:
    """Return the shapes that a layer was built for, as files store them."""
    shapes = layer._build_state.shapes
    if shapes is None:
        return None
    if len(shapes) == 1:
        return {"input_shape": next(iter(shapes.values()))}
    return {"shapes_dict": dict(shapes)}


def build_from_config(layer: Layer, config: Config) -> None:
    """Build a layer for the shapes that :func:`build_config` returned."""
    if not config or layer.built:
        return
    if "input_shape" in config:
        layer.build(as_shape(config["input_shape"]))
    else:
        layer.build(**{k: as_shape(v) for k, v in config.get("shapes_dict", config).items()})


def build_once(build: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a class's ``build``: open its name scope, note its shapes, do nothing the second time."""

    @functools.wraps(build)
    def wrapped(self: Layer, *args: Any, **kwargs: Any) -> Any:
        self._check_super_called()
        building = self._build_state
        if building.is_under_way:  # `super().build(...)` of a subclass
            return build(self, *args, **kwargs)
        building.path_prefix = naming.current_path() or None
        building.is_under_way = True
        naming.open_names.append(self.name)
        try:
            if self._dtype_policy_map is not None:
                self._choose_policy()
            names = build_arguments(build)
            building.shapes = {**dict(zip(names, args, strict=False)), **kwargs}
            build(self, *args, **kwargs)
            self.__dict__["built"] = True
            self._on_built()
        finally:
            naming.open_names.pop()
            building.is_under_way = False
        self._plan_call()

    wrapped._raw = build  # type: ignore[attr-defined]
    return wrapped


def build_from(layer: Layer, arguments: dict[str, Any]) -> None:
    """Build a layer for the shapes of its call arguments.

    Raises:
        ValueError: ``build`` asks for the shape of an argument that this call does not have.
    """
    wanted = build_arguments(type(layer)._raw_build)
    shapes = {
        k: with_open_batch(shapes_of(v)) if is_inferring_shapes() else shapes_of(v)
        for k, v in arguments.items()
        if k != "training" and (not (k == "mask" or k.endswith("_mask")) or f"{k}_shape" in wanted) and holds_tensor(v)
    }
    if layer._notes_inputs:
        layer._build_state.inputs = {k: _specs_of(v) for k, v in arguments.items() if k in shapes}
    if len(wanted) > 1:
        _check_build_arguments(layer, wanted)
    if (len(wanted) == 1 and len(shapes) <= 1) or (
        wanted and not any(name.endswith("_shape") and name.removesuffix("_shape") in shapes for name in wanted)
    ):
        given: tuple[Any, ...] = (next(iter(shapes.values()), None),)
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
    naming.open_names.pop()  # `build` opens the scope of the layer itself
    try:
        layer.build(*given, **keywords)
    finally:
        naming.open_names.append(layer.name)
    if not wanted and layer._build_state.shapes is None:
        layer._build_state.shapes = {"input_shape": next(iter(shapes.values()), None)}
    if is_inferring_shapes():
        to_meta(layer)


def _specs_of(value: Any) -> Any:
    """Return the shape and dtype of each tensor in a nested structure."""
    return pytree.tree_map_only((torch.Tensor, KerasTensor), lambda x: InputSpec(x.dtype, tuple(x.shape)), value)


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
