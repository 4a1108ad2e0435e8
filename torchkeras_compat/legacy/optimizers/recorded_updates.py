"""``optimizer.get_updates`` of Keras 1 and 2: a step of training as an update that ``K.function`` makes.

Scripts of reinforcement learning train so:
``K.function([states, actions, rewards], [], updates=optimizer.get_updates(loss=loss, params=weights))``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch

from torchkeras_compat.legacy.backend.graph.gradients import gradients
from torchkeras_compat.legacy.backend.graph.nodes import Effect
from torchkeras_compat.legacy.backend.operands import tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.variables import Variable


class ApplyGradients(Effect):
    """A step of an optimizer by recorded gradients, made when the graph is run.

    Args:
        optimizer: Optimizer of this package.
        pairs: Recorded gradients with their variables.
        constraints: Function that is applied to each of some variables after the step.

    Example:
        >>> from torchkeras_compat.legacy.backend.graph.evaluation import evaluate
        >>> from torchkeras_compat.legacy.backend.placeholders import placeholder
        >>> from torchkeras_compat.optimizers.sgd import SGD
        >>> v, x = Variable(1.0), placeholder(())
        >>> evaluate(ApplyGradients(SGD(0.5), [(x, v)]), {x: 1.0})
        >>> float(v)
        0.5
    """

    def __init__(
        self, optimizer: Any, pairs: Iterable[tuple[Any, Variable]], constraints: Mapping[Any, Any] | None = None
    ) -> None:
        self.optimizer = optimizer
        self.pairs = [(gradient, variable) for gradient, variable in pairs if gradient is not None]
        self.constraints = dict(constraints or {})
        self.needs = [gradient for gradient, _ in self.pairs if isinstance(gradient, KerasTensor)]

    def compute(self, found: dict[int, Any]) -> Any:
        return [found.get(id(gradient), gradient) for gradient, _ in self.pairs]

    def apply(self, new: Any) -> None:
        variables = [variable for _, variable in self.pairs]
        self.optimizer.apply_gradients([(tensor(g).detach(), v) for g, v in zip(new, variables, strict=True)])
        with torch.no_grad():
            for variable, constraint in self.constraints.items():
                variable.assign(constraint(variable.value))


def get_gradients(optimizer: Any, loss: KerasTensor, params: Sequence[Variable]) -> list[Any]:
    """Return the recorded gradients of a loss, clipped as the optimizer clips.

    Args:
        optimizer: Its ``clipnorm`` bounds the norm of all gradients together, as in Keras 1 and 2; its ``clipvalue``
            each element.
        loss: Recorded tensor.
        params: Variables.

    Raises:
        ValueError: the loss does not depend on a variable; said when the graph is run.

    Example:
        >>> from torchkeras_compat.legacy.backend.graph.evaluation import evaluate
        >>> from torchkeras_compat.legacy.backend.placeholders import placeholder
        >>> from torchkeras_compat.optimizers.sgd import SGD
        >>> v, x = Variable([3.0, 4.0]), placeholder((2,))
        >>> loss = (x - v) * (x - v) * -0.5
        >>> (gradient,) = evaluate(get_gradients(SGD(clipnorm=1.0), loss, [v]), {x: [0.0, 0.0]})
        >>> [round(float(g), 3) for g in gradient]
        [-0.6, -0.8]

    Source: Keras 2.3 API, Optimizer.get_gradients.
    """
    found = gradients(loss, list(params))
    norm, value = getattr(optimizer, "clipnorm", None), getattr(optimizer, "clipvalue", None)
    if norm:
        found = list(_clipped_together(found, float(norm)))
    return [_clipped(g, float(value)) for g in found] if value else found


@operation
def _clipped_together(parts: Any, norm: float) -> list[torch.Tensor]:
    total = torch.sqrt(torch.stack([(g * g).sum() for g in parts]).sum())
    factor = torch.where(total > norm, norm / total, torch.ones_like(total))
    return [g * factor for g in parts]


@operation
def _clipped(gradient: Any, value: float) -> torch.Tensor:
    return torch.clamp(tensor(gradient), -value, value)


def get_updates(optimizer: Any, *args: Any, **kwargs: Any) -> list[ApplyGradients]:
    """Return the updates that train variables to minimise a recorded loss by one step.

    Args:
        optimizer: Optimizer of this package.
        args: ``loss, params`` as in Keras 2, or ``params, constraints, loss`` as in Keras 1.
        kwargs: The same by name.

    Returns:
        What ``K.function(..., updates=...)`` takes.

    Raises:
        TypeError: an argument is unknown, or the loss is not a recorded tensor.

    Example:
        >>> from torchkeras_compat.legacy.backend.graph.function import function
        >>> from torchkeras_compat.legacy.backend.placeholders import placeholder
        >>> from torchkeras_compat.optimizers.sgd import SGD
        >>> v, x = Variable(1.0), placeholder(())
        >>> train = function([x], [v], updates=get_updates(SGD(0.1), loss=(v - x) * (v - x), params=[v]))
        >>> float(train([2.0])[0]), round(float(v), 2)
        (1.0, 1.2)

    Source: Keras 2.3 API and Keras 1.2 API, Optimizer.get_updates.
    """
    is_keras1 = bool(args) and isinstance(args[0], (list, tuple))
    names = ("params", "constraints", "loss") if is_keras1 else ("loss", "params")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    unknown = given.keys() - {"loss", "params", "constraints"}
    if unknown:
        raise TypeError(f"`get_updates` takes loss, params and constraints. Received: {sorted(unknown)}")
    loss = given.get("loss")
    if not isinstance(loss, KerasTensor):
        raise TypeError(
            f"`get_updates` takes a loss that is recorded: computed from inputs, placeholders and outputs of a model. "
            f"Received: {loss!r}"
        )
    params = list(given.get("params") or ())
    constraints = given.get("constraints")
    pairs = zip(gradients(loss, params), params, strict=True)  # which `apply_gradients` clips
    return [ApplyGradients(optimizer, pairs, constraints if isinstance(constraints, Mapping) else None)]
