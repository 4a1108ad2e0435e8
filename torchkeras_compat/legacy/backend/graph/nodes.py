"""What a graph of Keras 1 and 2 has beside recorded calls: gradients, and updates of variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import Operation
from torchkeras_compat.variables import Variable


class GradientCall(Operation):
    """The recorded call of `K.gradients`: its arguments are the value and the tensors that it is differentiated by.

    Args:
        variables: KerasTensors and Variables.
        strict: Whether a variable that the value does not depend on is an error; else its gradient is zero.

    Attributes:
        weights: The Variables among them.
        symbolic_variables: The KerasTensors among them.
        is_differentiated: Whether a gradient of the gradient is asked for.
    """

    takes_gradients = True

    def __init__(self, variables: Sequence[Any], strict: bool = True) -> None:
        super().__init__(name=None)
        self.variables = list(variables)
        self.weights = [v for v in variables if isinstance(v, Variable)]
        self.symbolic_variables = [v for v in variables if isinstance(v, KerasTensor)]
        self.strict = strict
        self.is_differentiated = False

    def call(self, loss: torch.Tensor, factor: Any, *sources: torch.Tensor) -> list[torch.Tensor]:
        """Return the gradient by each variable.

        Args:
            loss: What is differentiated; its elements are summed.
            factor: Factor of each element, or None.
            sources: Values of the symbolic variables.

        Raises:
            ValueError: the value does not depend on a variable.
        """
        given = iter(sources)
        by = [v.parameters if isinstance(v, Variable) else (next(given),) for v in self.variables]
        return gradients_of(loss, factor, self.variables, by, self.is_differentiated, self.strict)


def gradients_of(
    loss: torch.Tensor,
    factor: Any,
    variables: Sequence[Any],
    tensors: Sequence[Sequence[torch.Tensor]],
    create_graph: bool,
    strict: bool,
) -> list[Any]:
    """Return the gradient of the sum of ``loss`` by each variable, which these tensors hold, in Keras's layout."""
    flat = [t for held in tensors for t in held if t.requires_grad]
    weights = torch.ones_like(loss) if factor is None else factor.to(loss.dtype).expand_as(loss)
    found: dict[int, Any] = {}
    if flat and loss.requires_grad:
        gradients = torch.autograd.grad(
            loss, flat, weights, retain_graph=True, create_graph=create_graph, allow_unused=True
        )
        found = {id(t): g for t, g in zip(flat, gradients, strict=True)}
    results: list[Any] = []
    for variable, held in zip(variables, tensors, strict=True):
        parts = [found.get(id(t)) for t in held]
        if all(part is None for part in parts) and strict:
            name = variable.path if isinstance(variable, Variable) else getattr(variable, "name", "a tensor")
            raise ValueError(
                f"The value that is differentiated does not depend on {name!r}, so it has no gradient by it."
            )
        known = [torch.zeros_like(t) if part is None else part for t, part in zip(held, parts, strict=True)]
        results.append(variable.layout.to_keras(*known) if isinstance(variable, Variable) else known[0])
    return results


class Effect:
    """Something that a run of the graph does beside computing: the base of updates."""

    needs: Sequence[Any] = ()
    """The KerasTensors whose values it uses."""

    def compute(self, found: dict[int, Any]) -> Any:
        """Return what :meth:`apply` needs, before anything is changed.

        Args:
            found: Values of the tensors in ``needs``, by their ``id``.
        """
        raise NotImplementedError

    def apply(self, new: Any) -> None:
        """Make the change."""
        raise NotImplementedError

    def value(self) -> Any:
        """Return what the effect counts as when it is fetched."""
        return None


class Update(Effect):
    """A new value of a variable, assigned when the graph is run.

    Args:
        variable: The variable.
        new: Recorded tensor, or a value.

    Example:
        >>> import numpy as np
        >>> from torchkeras_compat.legacy.backend.graph.evaluation import evaluate
        >>> from torchkeras_compat.legacy.backend.placeholders import placeholder
        >>> counter, x = Variable(1.0), placeholder(())
        >>> float(evaluate(Update(counter, counter + x), {x: 2.0}))
        3.0
    """

    def __init__(self, variable: Variable, new: Any) -> None:
        self.variable = variable
        self.new = new
        self.needs = [new] if isinstance(new, KerasTensor) else []

    def compute(self, found: dict[int, Any]) -> Any:
        value = found[id(self.new)] if self.needs else self.new
        return value.detach().clone() if isinstance(value, torch.Tensor) else value

    def apply(self, new: Any) -> None:
        self.variable.assign(new)

    def value(self) -> Any:
        return self.variable.numpy()

    def __repr__(self) -> str:
        return f"<update of {self.variable.path}>"
