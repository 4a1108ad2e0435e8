"""Updates for graphs that are captured once and replayed: the host decides before each replay, the graph computes.

A captured CUDA graph, and a graph that was traced, repeat the tensor operations of their first run. What changes from
step to step (the learning rate, corrections of biases, whether accumulated gradients are due) the host has to bring in.
"""

from __future__ import annotations

import inspect
from collections.abc import Hashable
from typing import Any

import torch

from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.optimizers.device_update import Plan
from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.optimizers.multi_optimizer import MultiOptimizer
from torchkeras_compat.optimizers.outside_graphs import refuse_capture
from torchkeras_compat.optimizers.torch_optimizer import TorchOptimizer


class NotReplayable(ValueError):
    """An optimizer makes no updates that a graph could repeat; the message says why."""


class Replayable:
    """The updates of an optimizer as tensor operations alone, with the host's part apart from them.

    For each step call :meth:`advance`. It returns a key; where a graph was captured for that key, replay it, else
    capture :meth:`update` and keep the graph for the key. Gradients are those in ``.grad``, at the same place in each
    replay. Eager updates may come in between.

    Where an update is computed by the same kernels as in the eager step, which know their numbers from the host, the
    results are equal to the bit; elsewhere they differ by one rounding of a product.

    Args:
        optimizer: Built optimizer of this package.
        updates: Updates in one graph, a positive int.

    Raises:
        NotReplayable: the optimizer computes with numbers on the host in a way that is not known here.

    Example:
        >>> from torchkeras_compat.optimizers.adam import Adam
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> replayable = Replayable(Adam(0.1, params=[w]))
        >>> for _ in range(3):
        ...     key = replayable.advance()
        ...     replayable.update()  # captured in the first step, replayed in the others
        >>> round(w.item(), 4)
        0.7
    """

    def __init__(self, optimizer: Any, updates: int = 1) -> None:
        reason = why_not_replayable(optimizer, updates)
        if reason is not None:
            raise NotReplayable(reason)
        self.optimizer = optimizer
        self.updates = updates
        first = optimizer._tensors[0]
        self._device = first.device
        self._dtype = first.dtype
        for one in (optimizer, *_parts_of(optimizer)):
            if one._device != first.device:
                one._follow(first.device)
        self._numbers: list[list[torch.Tensor]] = [[] for _ in range(updates)]
        self._written: list[list[float]] = [[] for _ in range(updates)]
        self._plans: list[Plan] = []
        self._place = 0
        self._finite: torch.Tensor | None = None
        if isinstance(optimizer, LossScaleOptimizer):
            self._finite = torch.ones(updates, dtype=torch.bool, device=self._device)

    def advance(self) -> Hashable:
        """Decide about the next updates, count them, and write their numbers where a graph reads them.

        Nothing waits for the device, except with a `LossScaleOptimizer` whose inner optimizer accumulates gradients or
        averages weights: what it does depends on which updates were left out.

        Returns:
            Which operations :meth:`update` makes now. It takes few values, unless numbers that kernels receive from the
            host change, such as a momentum that a scheduler cycles.

        Raises:
            RuntimeError: the weights were moved to another device.
        """
        optimizer = self.optimizer
        if optimizer._tensors[0].device != self._device:
            raise RuntimeError(
                f"The weights of optimizer '{optimizer.name}' lay on {self._device} and lie on"
                f" {optimizer._tensors[0].device} now. Capture new graphs."
            )
        if self._device.type == "cuda":
            refuse_capture(optimizer.name)
        self._plans = []
        for row in range(self.updates):
            plan = optimizer._decide()
            optimizer._count()
            self._plans.append(plan.with_numbers(iter(self._write(row, plan))))
        self._place = 0
        if self._finite is not None:
            optimizer._replayed = self._finite
        return tuple([plan.key for plan in self._plans])

    def _write(self, row: int, plan: Plan) -> list[torch.Tensor]:
        """Write the numbers of an update into tensors, and return these."""
        tensors, written = self._numbers[row], self._written[row]
        values: list[Any] = plan.all_numbers()
        while len(tensors) < len(values):
            tensors.append(torch.zeros((), dtype=self._dtype, device=self._device))
            written.append(0.0)
        for i, value in enumerate(values):
            if written[i] != value:
                tensors[i].fill_(value)
                written[i] = value
        return tensors[: len(values)]

    @torch.no_grad()
    def update(self) -> None:
        """Make the next of the updates that :meth:`advance` decided about, by tensor operations.

        Raises:
            RuntimeError: there is none, or no parameter has a gradient.
        """
        optimizer = self.optimizer
        if self._place >= len(self._plans):
            raise RuntimeError(f"Call `advance()` first: it decides about {self.updates} update(s) of one graph.")
        gradients = [t.grad for t in optimizer._tensors]
        without = _without_gradients(optimizer, gradients)
        if without is not None:
            raise RuntimeError(
                f"No parameter of optimizer '{without.name}' has a gradient: there is no update to make."
            )
        finite = optimizer._perform(gradients, self._plans[self._place])
        if self._finite is not None:
            self._finite[self._place].copy_(finite)
        self._place += 1

    def take_back(self) -> None:
        """Forget the updates of the last :meth:`advance`: no graph made them."""
        for _ in self._plans:
            if self._finite is None:
                self.optimizer._take_back_count()
            else:
                self.optimizer.inner_optimizer._take_back_count()
                self.optimizer._replayed = None
        self._plans = []


def why_not_replayable(optimizer: Any, updates: int = 1) -> str | None:
    """Return why a graph cannot repeat the updates of an optimizer; None if it can.

    Args:
        optimizer: An optimizer.
        updates: Updates in one graph.

    Example:
        >>> why_not_replayable(torch.optim.SGD([torch.nn.Parameter(torch.ones(1))]))
        'SGD of torch.optim computes with numbers of the host. Use the one of this package.'
    """
    kind = type(optimizer).__name__
    if not isinstance(optimizer, Optimizer):
        library = type(optimizer).__module__.rpartition(".")[0]
        return f"{kind} of {library} computes with numbers of the host. Use the one of this package."
    parts = _parts_of(optimizer)
    if not all(o.built for o in (optimizer, *parts)):
        return f"Optimizer '{optimizer.name}' is not built."
    for one in (optimizer, *parts):
        reason = _why_not_alone(one)
        if reason is not None:
            return f"Optimizer '{one.name}' {reason}"
    if updates > 1 and isinstance(optimizer, LossScaleOptimizer) and optimizer.inner_optimizer._branches_on_count:
        return (
            f"Optimizer '{optimizer.name}' may leave updates out, and what the one within does in the next update,"
            " accumulating gradients or averaging weights, depends on that."
        )
    tensors = optimizer._tensors
    if optimizer._is_sharded:
        return f"The weights of optimizer '{optimizer.name}' are sharded."
    kinds = {(t.device, t.dtype) for t in tensors}
    if len(kinds) != 1 or tensors[0].dtype not in (torch.float32, torch.float64):
        found = ", ".join(sorted(f"{dtype} on {device}" for device, dtype in kinds)) or "none"
        return (
            f"The weights of optimizer '{optimizer.name}' are not all of float32, or of float64, on one device. They"
            f" are: {found}."
        )
    return None


def _why_not_alone(optimizer: Optimizer) -> str | None:
    cls = type(optimizer)
    if isinstance(optimizer, TorchOptimizer):
        return "updates by an optimizer of another library, which computes with numbers of the host."
    if optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks:
        return "has hooks, which a graph does not call."
    if optimizer._overwritten:
        return "has weights that take their gradients as values."
    # torch wraps the `step` of each class.
    if cls.update is not Optimizer.update or inspect.unwrap(cls.step) is not inspect.unwrap(Optimizer.step):
        return f"has an update of its own, that of {cls.__name__}."
    if optimizer._steps_singly and not isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
        return f"updates by `update_step` of {cls.__name__}, which may compute with numbers of the host."
    return None


def _parts_of(optimizer: Optimizer) -> list[Any]:
    """Return all optimizers within another one."""
    if isinstance(optimizer, LossScaleOptimizer):
        return [optimizer.inner_optimizer, *_parts_of(optimizer.inner_optimizer)]
    if isinstance(optimizer, MultiOptimizer):
        return [o for o in optimizer.optimizers if o._tensors or not o.built]
    return []


def _without_gradients(optimizer: Any, gradients: list[Any]) -> Any:
    """Return an optimizer that has parameters of which none has a gradient, or None."""
    inner = optimizer.inner_optimizer if isinstance(optimizer, LossScaleOptimizer) else optimizer
    if isinstance(inner, MultiOptimizer):
        return next((o for o, places, _ in inner._shares if places and all(gradients[i] is None for i in places)), None)
    return inner if all(g is None for g in gradients) else None
