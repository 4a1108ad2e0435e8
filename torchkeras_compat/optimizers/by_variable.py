"""Access to one variable at a time, as optimizers written for Keras work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from torchkeras_compat.optimizers.state import as_variable
from torchkeras_compat.variables import Variable


class ByVariable:
    """Mixin of `Optimizer`: ``assign``, and from variables to places in the lists of tensors and back."""

    _trainable_variables: list[Variable]
    _indices: dict[torch.Tensor, int]
    _places: dict[torch.Tensor, int]

    def assign(self, variable: Any, value: Any) -> None:
        """Set a variable."""
        variable.assign(value)

    def assign_add(self, variable: Any, value: Any) -> None:
        """Add to a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Any, value: Any) -> None:
        """Subtract from a variable."""
        variable.assign_sub(value)

    def _var_key(self, variable: Any) -> torch.Tensor:
        return as_variable(variable).parameters[0]

    def _get_variable_index(self, variable: Any) -> int:
        return self._indices[self._index_key(variable)]

    def _index_key(self, variable: Any) -> torch.Tensor:
        key = self._var_key(variable)
        if key not in self._indices:
            raise ValueError(
                f"Unknown variable: {variable!r}. This optimizer can only be called for the variables it was originally"
                " built with. When working with a new set of variables, you should recreate a new optimizer instance."
            )
        return key

    def _places_of(self, variable: Any) -> list[int]:
        """Return where the parameters of a variable lie in the lists of tensors."""
        self._index_key(variable)
        return [self._places[t] for t in as_variable(variable).parameters]

    def _by_variable(
        self, tensors: list[torch.Tensor], gradients: list[torch.Tensor]
    ) -> Iterator[tuple[Variable, torch.Tensor]]:
        """Yield the variables of parameters, each with its gradient in Keras's layout."""
        given = dict(zip(tensors, gradients, strict=True))
        for variable in self._trainable_variables:
            parts = variable.parameters
            if any(t in given for t in parts):
                yield (
                    variable,
                    variable.layout.to_keras(*[given[t] if t in given else torch.zeros_like(t) for t in parts]),
                )
