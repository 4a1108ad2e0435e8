"""Scopes in which variables have other values: what is assigned to them is kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.variable_base import VariableBase

open_scopes: list[StatelessScope] = []  # innermost last


class StatelessScope:
    """Scope in which variables have given values, and what is assigned to them is kept apart.

    It reaches code that goes by ``Variable.value``. A layer that computes through its torch module goes by the module's
    parameters: `Layer.stateless_call` replaces those.

    Args:
        state_mapping: Pairs of a variable and its value in the scope.
        collect_losses: Whether what layers add with ``add_loss`` goes to ``losses``.
        initialize_variables: Only True.

    Raises:
        ValueError: a pair holds no variable, or ``initialize_variables`` is False.

    Example:
        >>> from torchkeras_compat import Variable
        >>> v = Variable(1.0)
        >>> with StatelessScope() as scope:
        ...     _ = v.assign(5.0)
        >>> float(v), float(scope.get_current_value(v))
        (1.0, 5.0)

    Source: Keras API, StatelessScope.
    """

    def __init__(
        self,
        state_mapping: Sequence[tuple[VariableBase, Any]] | None = None,
        collect_losses: bool = False,
        initialize_variables: bool = True,
    ) -> None:
        if not initialize_variables:
            raise ValueError(
                "`initialize_variables=False` is not supported: a variable has its values from the start. Make the"
                " variables before the scope."
            )
        self.collect_losses = collect_losses
        self.losses: list[torch.Tensor] = []
        self._values: dict[int, tuple[VariableBase, torch.Tensor]] = {}
        for pair in state_mapping or ():
            self.add_update(pair)

    def add_update(self, update: tuple[VariableBase, Any]) -> None:
        """Give a variable another value in this scope."""
        variable, value = update
        if not isinstance(variable, VariableBase):
            raise ValueError(f"Invalid reference variable in StatelessScope: {variable!r}. Pass a Variable.")
        self._values[id(variable)] = variable, convert_to_tensor(value, dtype=variable.dtype)

    def add_loss(self, loss: torch.Tensor) -> None:
        """Keep a loss; `Layer.add_loss` calls it where ``collect_losses`` is set."""
        self.losses.append(loss)

    def get_current_value(self, variable: VariableBase) -> torch.Tensor | None:
        """Return the value of a variable in this scope, or None if it has none here."""
        found = self._values.get(id(variable))
        return None if found is None else found[1]

    def __enter__(self) -> StatelessScope:
        open_scopes.append(self)
        return self

    def __exit__(self, *exception: Any) -> None:
        open_scopes.remove(self)


def collect_loss(loss: torch.Tensor) -> None:
    """Give a loss to the innermost open scope, if it collects losses."""
    if open_scopes and open_scopes[-1].collect_losses:
        open_scopes[-1].add_loss(loss)


def value_in_scopes(variable: VariableBase) -> torch.Tensor | None:
    """Return the value of a variable in the innermost open scope that gives it one."""
    for scope in reversed(open_scopes):
        value = scope.get_current_value(variable)
        if value is not None:
            return value
    return None
