"""`fit`: epochs of training steps, with callbacks and validation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from torchkeras_compat import config
from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.callbacks.clean_up import CleanUp
from torchkeras_compat.callbacks.history import History
from torchkeras_compat.data.arrays import ArraysAdapter
from torchkeras_compat.data.batching import unpack_x_y_sample_weight
from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.text_rows import with_text_rows
from torchkeras_compat.data.validation_split import train_validation_split
from torchkeras_compat.layers.layer.modes import Modes, switch
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.plugins.training import training_callbacks, wrap_train_step
from torchkeras_compat.training.evaluate import run_evaluation
from torchkeras_compat.training.fit_arguments import FitArguments
from torchkeras_compat.training.logs import numbers
from torchkeras_compat.training.make_ready import make_ready
from torchkeras_compat.training.out_of_memory import ExplainsOutOfMemory
from torchkeras_compat.training.processes import warn_of_separate_models
from torchkeras_compat.training.progress import Progress
from torchkeras_compat.training.run_steps import TrainingHooks, packed, run_steps
from torchkeras_compat.training.step import Step, runs_default_step
from torchkeras_compat.training.tracing.traced_default import TracedDefaultStep
from torchkeras_compat.training.training_state import TrainingState
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps


def fit(model: ModelWithSteps, arguments: FitArguments) -> History:
    """Train a model; see `Trainer.fit`."""
    progress = Progress()
    with ExplainsOutOfMemory("fit", model, progress):
        return Fit(model, arguments, progress).run()


class Fit:
    """One call of `fit`.

    Args:
        model: The model, compiled.
        arguments: What the user gave.
        progress: Where the loop is, for who looks at it from outside.

    Raises:
        ValueError: the arguments or the data do not fit.
    """

    def __init__(self, model: ModelWithSteps, arguments: FitArguments, progress: Progress) -> None:
        settings = arguments.settings
        settings.check()
        self.model = model
        self.progress = progress
        self.default_step: Step | None = None
        self.validates = settings.validation_epochs()
        self.epochs = range(settings.initial_epoch, _limited(settings.epochs))
        self.validation_steps = arguments.validation_steps
        self._open_data(arguments)
        self.callbacks = self._callback_list(arguments.callbacks, settings.verbose)

    def _open_data(self, arguments: FitArguments) -> None:
        """Make the adapters: batches are not read yet."""
        settings = arguments.settings
        x = with_text_rows(self.model, arguments.x)
        data, validation_data = (x, arguments.y, arguments.sample_weight), arguments.validation_data
        if settings.validation_split and validation_data is None:
            data, validation_data = train_validation_split(data, settings.validation_split)
        device = self.model._data_device()
        adapter = make_adapter(
            *data,
            batch_size=settings.batch_size,
            steps_per_epoch=settings.steps_per_epoch,
            shuffle=settings.shuffle,
            class_weight=arguments.class_weight,
            device=device,
            check_finite=True,
        )
        self.data = Epochs(adapter, settings.steps_per_epoch)
        self.validation = None
        if validation_data is not None:
            batch_size = arguments.validation_batch_size or settings.batch_size
            x, *others = unpack_x_y_sample_weight(validation_data)
            x = with_text_rows(self.model, x)
            self.validation = make_adapter(x, *others, batch_size=batch_size, shuffle=False, device=device)

    def _callback_list(self, given: Any, verbose: int | str) -> CallbackList:
        if isinstance(given, CallbackList):
            return given
        own = given if isinstance(given, (list, tuple)) else () if given is None else (given,)
        return self.model._callback_list(
            [*own, *training_callbacks(self.model)],
            add_history=True,
            add_progbar=verbose != 0,
            model=self.model,
            verbose=verbose,
            epochs=self.epochs.stop,
            steps=self.data.num_steps,
        )

    def run(self) -> History:
        """Train, and leave the model in the modes that it had."""
        model, callbacks = self.model, self.callbacks
        state = model.__dict__
        state["stop_training"] = False
        self.steps_per_execution = model.steps_per_execution  # what a callback sets counts from the next `fit`
        self.training = state["_training_state"] = TrainingState(model, self.data, callbacks)
        modes = Modes(model)
        with CleanUp(
            partial(switch, model, False),
            modes.restore,
            self.data.close,
            callbacks.release,
            partial(state.pop, "_training_state", None),
            self._end_tracing,
            on_error=callbacks.on_exception,
        ):
            own_step = model.make_train_function()
            callbacks.on_train_begin()
            self._choose_step(own_step)
            left, logs = self.training.begin(self.epochs)  # a callback may go on after an interruption
            for epoch in left:
                is_trained, epoch_logs = self._train_epoch(epoch)
                if not is_trained:
                    break
                logs = epoch_logs
                self._validate(epoch, logs)
                callbacks.on_epoch_end(epoch, logs)
                if model.stop_training:
                    break
            if isinstance(model.optimizer, Optimizer):
                model.optimizer.finalize_variable_values(model.trainable_variables)
            callbacks.on_train_end(logs)
        return model.history

    def _choose_step(self, own_step: Callable[[Any], Any]) -> None:
        """Set what trains on a batch: the default step, or ``own_step``, a function of packed batches."""
        model = self.model
        if runs_default_step(model, "train"):
            self.default_step = model._make_step()
            warn_of_separate_models(model)
            self.default_step.is_ready = False  # what is trainable, and hooks of the optimizer, may have changed
            self.train = wrap_train_step(model, self.default_step.training)
            return
        adapter = self.data.adapter
        train = wrap_train_step(model, lambda *batch: own_step(packed(batch, adapter)))
        is_ready = False

        def train_when_ready(x: Any, y: Any, sample_weight: Any) -> Any:
            nonlocal is_ready
            if not is_ready:
                is_ready = make_ready(model, x)
            return train(x, y, sample_weight)

        self.train = train_when_ready

    def _train_epoch(self, epoch: int) -> tuple[bool, dict[str, Any]]:
        """Run the steps of an epoch; return whether there was data for it, and the logs."""
        model, progress = self.model, self.progress
        progress.epoch = epoch
        model.reset_metrics()
        self.callbacks.on_epoch_begin(epoch)
        switch(model, True)
        first, logs = self.training.begin_epoch()
        progress.step = first - 1
        if self.default_step is not None:
            self._prepare_tracing(self.default_step.training, epoch)
        batches = self.data.steps(none=first > 0 and model.stop_training)
        hooks = TrainingHooks(model, self.callbacks, self.default_step, self.steps_per_execution)
        outputs = run_steps(batches, self.train, progress, hooks)
        if self.default_step is not None:
            self.default_step.training.flush()
        batches.close()
        switch(model, False)
        if self.data.is_exhausted:
            return False, {}
        if progress.step >= first:
            logs = self.default_step.results() if self.default_step is not None else model._results_for(outputs)
        return True, numbers(logs)

    def _end_tracing(self) -> None:
        if self.default_step is not None:
            self.default_step.training.end()
            self.default_step.training.steps_in_a_graph = 1

    def _prepare_tracing(self, training: TracedDefaultStep, epoch: int) -> None:
        """Tell the traced step what is to come, and let it look whether its recordings still hold."""
        steps = self.data.num_steps
        is_alone = (
            isinstance(self.data.adapter, ArraysAdapter)
            and not self.callbacks.has_foreign("on_train_batch_begin", "on_train_batch_end")
            and not training.runs_code_of_others()
        )
        training.steps_in_a_graph = self.steps_per_execution
        training.begin(None if steps is None else steps * (self.epochs.stop - epoch), is_guarded=not is_alone)

    def _validate(self, epoch: int, logs: dict[str, Any]) -> None:
        """Add the logs of the validation data, if the epoch is followed by validation."""
        if self.validation is not None and self.validates(epoch + 1):
            with closing(Epochs(self.validation, self.validation_steps)) as held_out:
                found = run_evaluation(self.model, held_out, self.callbacks)
            logs.update({f"val_{name}": value for name, value in found.items()})


def _limited(epochs: int) -> int:
    most = config.max_epochs()
    if most is None or epochs <= most:
        return epochs
    warn_user(f"Limiting epochs to {most}: `config.set_max_epochs` says so.")
    return most
