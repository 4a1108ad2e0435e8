"""How a layer gets its weights: once, under its own name scope, for the shapes of its first call."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torchkeras_compat import naming
from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.layers.layer.arguments import first_input
from torchkeras_compat.layers.layer.call_spec import build_arguments
from torchkeras_compat.layers.layer.input_spec import check_inputs
from torchkeras_compat.layers.layer.shape_inference import infer_call, to_meta
from torchkeras_compat.layers.layer.shapes import as_shape, holds_tensor, shapes_of, symbolic, with_open_batch

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


class Building:
    """What a layer knows of its building.

    Attributes:
        is_under_way: Whether ``build`` runs.
        path_prefix: The name scopes in which it ran, joined by ``/``; None for none.
        shapes: What it was called with, by argument; None before.
    """

    __slots__ = ("is_under_way", "path_prefix", "shapes")

    def __init__(self) -> None:
        self.is_under_way = False
        self.path_prefix: str | None = None
        self.shapes: dict[str, Any] | None = None


class BuildingMixin:
    """The part of `Layer` that builds it."""

    if TYPE_CHECKING:
        # The attributes of the layer that this is a part of.
        def __getattr__(self, name: str) -> Any: ...

    def build(self, *input_shapes: Any) -> None:
        """Make the weights; subclasses whose weights depend on the input's shape define it.

        Args:
            input_shapes: Shape of each input, batch axis first, None where not known.
        """
        self._check_super_called()
        if input_shapes and input_shapes[0] is not None and any(True for _ in self._unbuilt_below()):
            specs = [symbolic(s) for s in input_shapes]
            try:
                infer_call(self, tuple(specs), {})  # type: ignore[arg-type]
            except (TypeError, RuntimeError, NotImplementedError, ValueError) as error:
                raise ValueError(
                    f"Layer '{self.name}' has layers that are not built, and running `call` on inputs of shape "
                    f"{input_shapes[0]} did not build them ({error}). Call the layer on data, or define `build`."
                ) from error
        self.__dict__["built"] = True
        self.__dict__["_plan"] = None

    build._raw = build  # type: ignore[attr-defined]

    def _nothing_to_build(self, *input_shapes: Any) -> None:
        """Stands for ``build`` where there is none."""

    def _skip_building(self) -> None:
        """Count as built from now on: the layer has nothing to build, unless a subclass defines ``build``."""
        if type(self).build is BuildingMixin.build:
            self.__dict__["built"] = True
            self._plan_call()

    def _unbuilt_below(self) -> Iterator[Any]:
        return (m for m in self.modules() if m is not self and isinstance(m, BuildingMixin) and not m.built)

    def get_build_config(self) -> dict[str, Any] | None:
        """Return the shapes that the layer was built for, as files store them."""
        shapes = self._building.shapes
        if shapes is None:
            return None
        if len(shapes) == 1:
            return {"input_shape": next(iter(shapes.values()))}
        return {"shapes_dict": dict(shapes)}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build the layer for the shapes that :meth:`get_build_config` returned."""
        if not config or self.built:
            return
        if "input_shape" in config:
            self.build(as_shape(config["input_shape"]))
        elif "shapes_dict" in config:
            self.build(**{k: as_shape(v) for k, v in config["shapes_dict"].items()})
        else:
            self.build(**{k: as_shape(v) for k, v in config.items()})


def build_once(build: Callable) -> Callable:
    """Wrap a class's ``build``: open its name scope, note its shapes, do nothing the second time."""

    @functools.wraps(build)
    def wrapped(self: Layer, *args: Any, **kwargs: Any) -> Any:
        self._check_super_called()
        building = self._building
        if building.is_under_way:  # `super().build(...)` of a subclass
            return build(self, *args, **kwargs)
        building.path_prefix = naming.current_path() or None
        building.is_under_way = True
        naming._scopes.append(self.name)
        try:
            if "_dtype_policy_map" in self.__dict__:
                self._choose_policy()
            names = build_arguments(build)
            building.shapes = {**dict(zip(names, args, strict=False)), **kwargs}
            build(self, *args, **kwargs)
            self.__dict__["built"] = True
            self._on_built()
        finally:
            naming._scopes.pop()
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
