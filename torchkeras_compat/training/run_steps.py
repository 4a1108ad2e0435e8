"""The steps of an epoch or of an evaluation, with the per-batch hooks of callbacks around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.data.epochs import Batch
from torchkeras_compat.layers.layer.modes import switch
from torchkeras_compat.training.logs import LazyLogs, flat, give_logs
from torchkeras_compat.training.progress import Progress
from torchkeras_compat.training.step import Step

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps


def run_steps(
    batches: Iterable[Batch], run: Callable[[Any, Any, Any], Any], progress: Progress, hooks: BatchHooks
) -> Any:
    """Run a step for each batch, and return what the last one returned; None if there was no batch.

    A function and not a generator: a `StopIteration` of a step or a callback reaches the user as it is.

    Args:
        batches: Batches ``(x, y, sample_weight)``.
        run: The step, a function of the three.
        progress: Where the loop is; goes on with the batches.
        hooks: What is called before and after the steps.
    """
    first = progress.step + 1
    every = hooks.every
    begin = hooks.begin if hooks.begins else None
    end = hooks.end if hooks.ends else None
    outputs = None
    for progress.step, progress.batch in enumerate(batches, first):
        if begin is not None and progress.step % every == 0:
            begin(progress.step)
        outputs = run(*progress.batch)
        if end is not None and progress.step % every == every - 1 and end(progress.step, outputs):
            return outputs
    if end is not None and progress.step >= first and progress.step % every != every - 1:
        hooks.end_last(progress.step, outputs)
    return outputs


class BatchHooks:
    """The per-batch hooks of a loop.

    Attributes:
        every: Steps from one call of the hooks to the next, `compile(steps_per_execution=...)`.
        begins: Whether a callback waits for :meth:`begin`.
        ends: Whether a callback waits for :meth:`end` and :meth:`end_last`.
    """

    every = 1
    begins = False
    ends = False

    def begin(self, step: int) -> None:
        """Call the hooks before a step.

        Args:
            step: Its index in the epoch.
        """

    def end(self, step: int, outputs: Any) -> bool:
        """Call the hooks after a step, and return whether a callback ends the loop.

        Args:
            step: Its index in the epoch.
            outputs: What it returned.
        """
        return False

    def end_last(self, step: int, outputs: Any) -> None:
        """Call the hooks after the last step, where fewer steps than ``every`` were left.

        Args:
            step: Its index in the epoch.
            outputs: What it returned.
        """


class StepHooks(BatchHooks):
    """The per-batch hooks of callbacks.

    Args:
        model: The model.
        callbacks: Its callbacks; the hook at the beginning of the loop has been called.
        step: The default step; None where the model has a step of its own, whose outputs are the logs.
        every: Steps from one call of the hooks to the next.
    """

    def __init__(self, model: ModelWithSteps, callbacks: CallbackList, step: Step | None, every: int) -> None:
        self.model = model
        self.callbacks = callbacks
        self.step = step
        self.every = every

    def _logs(self, outputs: Any) -> Callable[[], LazyLogs]:
        """Return what makes the logs after a step: of the default step, or of what another step returned."""
        return self.step.logs if self.step is not None else lambda: LazyLogs(flat(outputs or {}))


class TrainingHooks(StepHooks):
    """The per-batch hooks of an epoch of ``fit``."""

    def __init__(self, model: ModelWithSteps, callbacks: CallbackList, step: Step | None, every: int) -> None:
        super().__init__(model, callbacks, step, every)
        self.begins = callbacks.wants("on_train_batch_begin")
        self.ends = callbacks.wants("on_train_batch_end")

    def begin(self, step: int) -> None:
        if self.step is not None:
            self.step.training.flush()
        self.callbacks.on_train_batch_begin(step)
        self._go_on_training()

    def end(self, step: int, outputs: Any) -> bool:
        self.end_last(step, outputs)
        if self.model.stop_training:
            return True
        self._go_on_training()
        return False

    def end_last(self, step: int, outputs: Any) -> None:
        if self.step is not None:
            self.step.training.flush()
        give_logs(self.callbacks.on_train_batch_end, step, self._logs(outputs))

    def _go_on_training(self) -> None:
        """Put the model back into training mode, where a callback has evaluated or predicted."""
        if not self.model.training:
            switch(self.model, True)


class EvaluationHooks(StepHooks):
    """The per-batch hooks of an evaluation."""

    def __init__(self, model: ModelWithSteps, callbacks: CallbackList, step: Step | None, every: int) -> None:
        super().__init__(model, callbacks, step, every)
        self.begins = callbacks.wants("on_test_batch_begin")
        self.ends = callbacks.wants("on_test_batch_end")

    def begin(self, step: int) -> None:
        self.callbacks.on_test_batch_begin(step)

    def end(self, step: int, outputs: Any) -> bool:
        self.end_last(step, outputs)
        return self.model.stop_evaluating

    def end_last(self, step: int, outputs: Any) -> None:
        give_logs(self.callbacks.on_test_batch_end, step, self._logs(outputs))


def packed(batch: Batch, adapter: Adapter | None = None) -> Any:
    """Return a batch as Keras hands it to a step: in the structure that the data has."""
    x, y, sample_weight = batch
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return x if adapter is not None and adapter.yields_bare_inputs else (x,)
