"""The open `RematScope`s, and what a layer knows of the one in which it was made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torchkeras_compat.layers.remat.remat_scope import RematScope

OPEN_SCOPES: list[RematScope] = []
"""Innermost last: new layers enter it."""


class RematerializationMixin:
    """The part of `Layer` that knows the `RematScope` in which it was made."""

    def rematerialized_call(self, layer_call: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Return what computes ``layer_call`` as the `RematScope` around the making of the layer has it.

        Args:
            layer_call: Function of these arguments: a method of the layer.
            args: Arguments that it will be called with, by whose shapes ``"larger_than"`` decides.
            kwargs: The same, by name.
        """
        scope: RematScope | None = self.__dict__.get("_remat_scope")
        # A mixin of `Layer`, which is what the scope takes.
        return layer_call if scope is None else scope.recomputing(self, layer_call, args, kwargs)  # type: ignore[arg-type]

    def _enter_remat_scope(self, scope: RematScope | None) -> None:
        """Have calls recomputed as ``scope`` says."""
        if scope is not None:
            scope.take(self)  # type: ignore[arg-type]
