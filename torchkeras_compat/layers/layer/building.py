"""How a layer gets its weights: once, under its own name scope, for the shapes of its first call."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torchkeras_compat import naming
from torchkeras_compat.layers.layer import call as calls
from torchkeras_compat.layers.layer.call_spec import build_arguments
from torchkeras_compat.layers.layer.shapes import as_shape, symbolic

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


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
                calls.infer_call(self, tuple(specs), {})  # type: ignore[arg-type]
            except (TypeError, RuntimeError, NotImplementedError, ValueError) as error:
                raise ValueError(
                    f"Layer '{self.name}' has layers that are not built, and running `call` on inputs of shape "
                    f"{input_shapes[0]} did not build them ({error}). Call the layer on data, or define `build`."
                ) from error
        self.__dict__["built"] = True

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
        shapes = self._build_shapes
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
        if self.__dict__.get("_is_building"):  # `super().build(...)` of a subclass
            return build(self, *args, **kwargs)
        state = self.__dict__
        state["_path_prefix"] = naming.current_path() or None
        state["_is_building"] = True
        naming._scopes.append(self.name)
        try:
            self._choose_policy()
            names = build_arguments(build)
            shapes = {**dict(zip(names, args, strict=False)), **kwargs}
            state["_build_shapes"] = shapes
            build(self, *args, **kwargs)
            state["built"] = True
            self._on_built()
        finally:
            naming._scopes.pop()
            state["_is_building"] = False
        self._plan_call()

    wrapped._raw = build  # type: ignore[attr-defined]
    return wrapped
