"""How a layer gets its weights: once, under its own name scope, for the shapes of its first call."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat import naming
from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.arguments import first_input
from torchkeras_compat.layers.layer.call_errors import mark
from torchkeras_compat.layers.layer.call_spec import build_arguments
from torchkeras_compat.layers.layer.input_spec import InputSpec, check_inputs
from torchkeras_compat.layers.layer.shape_inference import infer_call, is_unfilled, to_meta
from torchkeras_compat.layers.layer.shapes import as_shape, holds_tensor, shapes_of, symbolic, with_open_batch
from torchkeras_compat.layers.layer.state import LayerState
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config, Shapes
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


def build_below(layer: Layer, input_shapes: tuple[Shapes, ...]) -> None:
    """Build the layers below by running ``call`` on meta tensors.

    Code that looks at numbers in tensors fails there: a call on data then builds them itself.

    Raises:
        ValueError: that did not do it, and there is no data.
    """
    if not input_shapes or input_shapes[0] is None or not any(True for _ in _unbuilt_below(layer)):
        return
    is_open = naming.open_names[-1:] == [layer.name]  # by a `build` of the class
    try:
        with contextlib.nullcontext() if is_open else naming.name_scope(layer.name):
            _run_below(layer, input_shapes)
    except (TypeError, RuntimeError, NotImplementedError, ValueError, IndexError) as error:
        if layer._build_state.has_data:
            return  # the call builds them, or says what is wrong
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


def _run_below(layer: Layer, input_shapes: tuple[Shapes, ...]) -> None:
    """Run ``call`` on symbolic inputs: of the dtypes of the call that builds the layer, where there is one.

    Shapes alone do not say that inputs are token ids, class labels or indices: integers are tried where floats fail.
    """
    noted = layer._build_state.inputs
    if noted is not None and len(noted) > 1:  # the only way to say all of them to `build(input_shape)` of a model
        infer_call(layer, (), _symbolic_inputs(noted))
        return
    trials = [tuple(_symbolic_inputs(inputs) for inputs in (noted or {}).values())]
    if with_open_batch(shapes_of(trials[0])) != with_open_batch(input_shapes):
        trials.clear()
    trials.append(tuple(symbolic(s) for s in input_shapes))
    if layer._takes_integers:
        trials.append(tuple(symbolic(s, "int64") for s in input_shapes))
    first: Exception | None = None
    for args in trials:
        try:
            infer_call(layer, args, {})
            return
        except (TypeError, RuntimeError, NotImplementedError, ValueError, IndexError) as error:
            first = first or error
    assert first is not None
    raise first


def _symbolic_inputs(noted: Any) -> Any:
    return pytree.tree_map_only(InputSpec, lambda spec: KerasTensor(spec.shape, spec.dtype), noted)


def _unbuilt_below(layer: Layer) -> Iterator[nn.Module]:
    below = (m for m in layer.modules() if m is not layer)
    return (m for m in below if (not m.built if isinstance(m, LayerState) else is_unfilled(m)))


def build_config(layer: Layer) -> Config | None:
    """Return the shapes that a layer was built for, as files store them."""
    shapes = layer._build_state.shapes
    if shapes is None:
        return None
    config: Config = {"shapes_dict": dict(shapes)}
    if len(shapes) == 1:
        config = {"input_shape": next(iter(shapes.values()))}
    noted = layer._build_state.inputs
    if noted and len(noted) == 1 == len(shapes) and not all(map(_is_floating, pytree.tree_leaves(noted))):
        # Keras passes over it; shapes alone do not say that some inputs are integers and some are not.
        config["dtypes"] = pytree.tree_map_only(InputSpec, lambda spec: spec.dtype, noted)
    return config


def build_from_config(layer: Layer, config: Config) -> None:
    """Build a layer for the shapes that :func:`build_config` returned."""
    if not config or layer.built:
        return
    shapes = {"input_shape": config["input_shape"]} if "input_shape" in config else config.get("shapes_dict", config)
    shapes = {name: as_shape(shape) for name, shape in shapes.items()}
    dtypes = config.get("dtypes")
    if isinstance(dtypes, dict) and len(dtypes) == len(shapes) == 1:
        with contextlib.suppress(ValueError, TypeError, KeyError):  # a file may say anything
            specs = map(_specs_as_said, shapes.values(), dtypes.values())
            layer._build_state.inputs = dict(zip(dtypes, specs, strict=True))
    if "input_shape" in config:
        layer.build(shapes["input_shape"])
    else:
        layer.build(**shapes)


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
    if layer._notes_inputs or layer._builds_by_calling:
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
    layer._build_state.has_data = not is_inferring_shapes()
    try:
        layer.build(*given, **keywords)
    finally:
        layer._build_state.has_data = False
        naming.open_names.append(layer.name)
        if not layer._notes_inputs:
            layer._build_state.inputs = None
    if not wanted and layer._build_state.shapes is None:
        layer._build_state.shapes = {"input_shape": next(iter(shapes.values()), None)}
    if is_inferring_shapes():
        to_meta(layer)


def _specs_as_said(shapes: Any, dtypes: Any) -> Any:
    """Return the `InputSpec`s of shapes and dtypes in one nesting.

    Raises:
        ValueError: the nestings differ, or there is no such dtype.
    """
    if isinstance(shapes, dict):
        return {key: _specs_as_said(shape, dtypes[key]) for key, shape in shapes.items()}
    if isinstance(dtypes, (list, tuple)):
        return type(shapes)(_specs_as_said(s, d) for s, d in zip(shapes, dtypes, strict=True))
    return InputSpec(dtypes, shapes)


def _is_floating(spec: InputSpec) -> bool:
    return spec.dtype is None or to_torch_dtype(spec.dtype).is_floating_point


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
