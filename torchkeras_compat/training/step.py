"""One step: forward, loss, gradients, update, metrics; nothing in it waits for the device."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat.ops.logits import TAKING
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.overrides import OVERRIDES
from torchkeras_compat.training.logs import LazyLogs
from torchkeras_compat.training.tracing.traced_default import TracedDefaultStep
from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.training.compile_spec import CompileSpec
    from torchkeras_compat.training.own_steps import ModelWithSteps

F = TypeVar("F", bound=Callable[..., Any])
TrainedVariable = tuple[Variable, tuple[torch.Tensor, ...]]  # with the parameters that hold its values


def default(method: F) -> F:
    """Mark a method of `Trainer` that the loop may run in a shorter way, unless a subclass overrides it."""
    method.is_default = True  # type: ignore[attr-defined]
    return method


def is_default(method: Any) -> bool:
    """Return whether a method is the one that :func:`default` marked."""
    return getattr(method, "is_default", False)


def runs_default_step(model: nn.Module, kind: str) -> bool:
    """Return whether no subclass has its own step, or its own function around it.

    Args:
        model: A model.
        kind: ``"train"``, ``"test"`` or ``"predict"``.
    """
    cls = type(model)
    return is_default(getattr(cls, f"{kind}_step")) and is_default(getattr(cls, f"make_{kind}_function"))


class Step:
    """The default training and evaluation step of a compiled model.

    Attributes:
        training: Trains on batches, through a recording of :meth:`train` where that pays.
        evaluation: Evaluates batches, likewise.
    """

    def __init__(self, model: ModelWithSteps, spec: CompileSpec) -> None:
        self.model = model
        self.spec = spec
        self._log_names: tuple[str, ...] | None = None
        self._own_logs: dict[str, Any] | None = None
        cls = type(model)
        self.computes_loss = not is_default(cls.compute_loss)
        self.computes_metrics = not is_default(cls.compute_metrics)
        self.optimizer = model.optimizer
        self.is_ready = False
        self.tensors: list[torch.Tensor] = []  # that the optimizer changes
        self.penalized: list[Variable] = []
        self.layers: list[Any] = []
        self.unchecked: list[TrainedVariable] = []  # whether the loss reaches them
        self.has_warned = False  # that nothing learns
        self.seen_changes = -1  # of what is trainable, anywhere
        self.learns = False  # whether the last batch gave gradients
        self.training = TracedDefaultStep(self, trains=True)
        self.evaluation = TracedDefaultStep(self, trains=False)

    def prepare(self) -> None:
        """Find the weights to train, when some were made, frozen or unfrozen, and make the optimizer know them."""
        model = self.model
        variables = model.trainable_variables
        trained = [(v, v.parameters) for v in variables]
        if isinstance(self.optimizer, Optimizer):
            if variables:
                self.optimizer.build(variables)
                _check_known(self.optimizer, trained)
            hooked = self.optimizer._optimizer_step_pre_hooks or self.optimizer._optimizer_step_post_hooks
            self.update = self.optimizer.step if hooked else self.optimizer.update
            self.scale_loss = self.optimizer.scale_loss if self.optimizer.scales_loss else None
        else:
            self.update = self.optimizer.step
            self.scale_loss = None
        self.tensors = [t for _, parameters in trained for t in parameters]
        has_constraints = not isinstance(self.optimizer, Optimizer)  # ours apply them within an update
        self.constrained = [v for v in variables if v._constraint is not None] if has_constraints else []
        self.penalized = [v for v in variables if v._regularizer is not None]
        self.layers = list(model._flatten_layers())
        self.unchecked = trained  # until a step shows whether the loss reaches them
        self.is_ready = True
        self.seen_changes = Variable.trainable_changes

    def _loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any) -> torch.Tensor:
        if self.computes_loss:
            return self.model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        total: torch.Tensor | None = self.spec.compute(y, y_pred, sample_weight)
        for layer in self.layers:
            for loss in layer._call_losses.added:
                total = loss if total is None else total + loss
        for v in self.penalized:
            if v._regularizer is not None:
                penalty: torch.Tensor = v._regularizer(v.value)
                total = penalty if total is None else total + penalty
        if total is None:
            return self.model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        return total

    def count(self, loss: torch.Tensor, x: Any) -> None:
        """Add the loss of a batch to its mean over the batches."""
        self.spec.loss_tracker._add_mean(loss, batch_size_of(x))

    def update_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any) -> None:
        """Update the metrics with one batch."""
        if self.computes_metrics:
            self._own_logs = self.model.compute_metrics(x, y, y_pred, sample_weight)
        elif self.spec.compiled_metrics is not None:
            with torch.set_grad_enabled(False):  # 4 Python calls fewer than no_grad
                self.spec.update_metrics(y, y_pred, sample_weight)

    def logs(self) -> LazyLogs:
        """Return the logs so far; nothing is computed before somebody looks."""
        if self._own_logs is not None:
            return LazyLogs(self._own_logs)
        if self._log_names is None:
            values = self.model.get_metrics_result()
            self._log_names = tuple(values)
            return LazyLogs(values)
        return LazyLogs.promised(self._log_names, self.model.get_metrics_result)

    def results(self) -> dict[str, Any]:
        """Return the logs so far as tensors."""
        return self.model.get_metrics_result() if self._own_logs is None else self._own_logs

    def train(self, x: Any, y: Any, sample_weight: Any) -> None:
        """Train on one batch."""
        y_pred, loss = self.differentiate(x, y, sample_weight)
        self.learn()
        self.count(loss, x)
        self.update_metrics(x, y, y_pred, sample_weight)

    def differentiate(self, x: Any, y: Any, sample_weight: Any) -> tuple[Any, torch.Tensor]:
        """Compute the gradients for one batch; return the outputs and the loss."""
        for t in self.tensors:
            t.grad = None
        TAKING.is_on = not self.computes_loss
        tensors = OVERRIDES.tensors
        if tensors is not None:
            tensors.begin_step()
        try:
            y_pred, loss = self._forward(x, y, sample_weight)
            if tensors is not None:
                loss = tensors.plain(loss)
        finally:
            TAKING.is_on = False
            if tensors is not None:
                tensors.end_step()
        self.learns = bool(self.tensors) and (loss.requires_grad or self._can_learn())
        if self.learns:
            (loss if self.scale_loss is None else self.scale_loss(loss)).backward()
        return y_pred, loss

    def _forward(self, x: Any, y: Any, sample_weight: Any) -> tuple[Any, torch.Tensor]:
        y_pred = self.model(x)
        if self.seen_changes != Variable.trainable_changes or not self.is_ready:
            self.prepare()
            self.has_warned = False
            for t in self.tensors:
                t.grad = None
        return y_pred, self._loss(x, y, y_pred, sample_weight)

    def learn(self, is_updated: bool = False) -> None:
        """Update the weights from their gradients.

        Args:
            is_updated: Whether the update is made already.
        """
        if self.learns:
            if self.unchecked:
                self._warn_of_missing_gradients()
            if not is_updated:
                self.update()
            if self.constrained:
                apply_constraints(self.constrained)
        elif not self.has_warned:
            self.has_warned = True
            _warn_of_frozen_model(self.model)

    def _can_learn(self) -> bool:
        """Whether a weight asks for gradients: ``requires_grad_(False)`` freezes one that is `trainable` to Keras."""
        return any(t.requires_grad for t in self.tensors)

    def _warn_of_missing_gradients(self) -> None:
        missing = []
        for v, parameters in self.unchecked:
            for t in parameters:
                if t.grad is not None or not t.requires_grad:
                    break
            else:
                missing.append(v.path)
        self.unchecked = []
        if missing:
            warn_user(
                f"Gradients do not exist for variables {missing} when minimizing the loss: it does not depend on them,"
                " so training leaves them as they are. Freeze them, or use them in the loss."
            )

    def test(self, x: Any, y: Any, sample_weight: Any) -> None:
        """Evaluate one batch."""
        y_pred, loss = self.evaluate(x, y, sample_weight)
        self.count(loss, x)
        self.update_metrics(x, y, y_pred, sample_weight)

    def evaluate(self, x: Any, y: Any, sample_weight: Any) -> tuple[Any, torch.Tensor]:
        """Return the outputs and the loss for one batch."""
        with torch.set_grad_enabled(False):
            y_pred = self.model(x)
            if not self.is_ready:
                self.prepare()
            return y_pred, self._loss(x, y, y_pred, sample_weight)


def _warn_of_frozen_model(model: ModelWithSteps) -> None:
    what = "all of its weights are frozen" if model.weights else "it has no weights"
    warn_user(
        f"The model does not have any trainable weights: {what}, so training '{model.name}' changes none and only"
        " computes the loss. Set `trainable = True` on what is to learn and compile again (`requires_grad_(True)`"
        " where torch froze it), or use `evaluate`."
    )


def _check_known(optimizer: Optimizer, trained: list[TrainedVariable]) -> None:
    """Refuse to train variables that the optimizer would leave as they are.

    Raises:
        ValueError: there are some.
    """
    known = set(map(id, optimizer._known))
    unknown = [v.path for v, parameters in trained if id(parameters[0]) not in known]
    if unknown:
        raise ValueError(
            f"Unknown variable: '{optimizer.name}' was built without {', '.join(map(repr, unknown[:3]))}"
            f"{', ...' if len(unknown) > 3 else ''}, which the model trains now. Unfrozen, added and quantized weights"
            " need a new optimizer: call `model.compile(...)` again."
        )


@torch.no_grad()
def apply_constraints(variables: list[Variable]) -> None:
    """Set variables to what their constraints make of them."""
    for v in variables:
        assert v.constraint is not None
        v.assign(v.constraint(v.value))


def batch_size_of(x: Any) -> int:
    """Return the size of the first axis of the first tensor or array of strings."""
    if type(x) is torch.Tensor:
        return x.shape[0] if x.ndim else 1
    first = next(iter(x.values() if type(x) is dict else x)) if type(x) in (list, tuple, dict) and x else None
    if type(first) is torch.Tensor and first.ndim:
        return first.shape[0]
    for leaf in pytree.tree_leaves(x):
        if isinstance(leaf, (torch.Tensor, np.ndarray)) and leaf.ndim:
            return int(leaf.shape[0])
    return 1
