"""`evaluate`: the loss and the metrics over one pass through data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.callbacks.clean_up import CleanUp
from torchkeras_compat.data.arrays import ArraysAdapter
from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.text_rows import with_text_rows
from torchkeras_compat.layers.layer.modes import Modes, switch
from torchkeras_compat.training.kept_metrics import UNDER_EVALUATION, keep_metrics
from torchkeras_compat.training.logs import numbers
from torchkeras_compat.training.out_of_memory import ExplainsOutOfMemory
from torchkeras_compat.training.progress import Progress
from torchkeras_compat.training.run_steps import EvaluationHooks, packed, run_steps
from torchkeras_compat.training.step import runs_default_step

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps


def evaluate(
    model: ModelWithSteps,
    x: Any,
    y: Any,
    batch_size: int | None,
    verbose: int | str,
    sample_weight: Any,
    steps: int | None,
    callbacks: Any,
) -> dict[str, Any]:
    """Return the logs of one pass through the data; see `Trainer.evaluate`."""
    x = with_text_rows(model, x)
    adapter = make_adapter(
        x, y, sample_weight, batch_size=batch_size, steps_per_epoch=steps, shuffle=False, device=model._data_device()
    )
    data = Epochs(adapter, steps)
    if not isinstance(callbacks, CallbackList):
        callbacks = CallbackList(
            callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=data.num_steps
        )
    trains, key = "_training_state" in model.__dict__, id(model)
    if trains or key in UNDER_EVALUATION:
        count_on: Callable[[], None] = keep_metrics(
            model
        )  # a hook of a loop calls: it goes on with what it has counted
    else:
        UNDER_EVALUATION.add(key)
        count_on = partial(UNDER_EVALUATION.discard, key)
    restore = partial(Modes(model).restore, trains_on=trains)
    with CleanUp(count_on, restore, data.close, callbacks.release, on_error=callbacks.on_exception):
        return run_evaluation(model, data, callbacks)


def run_evaluation(model: ModelWithSteps, data: Epochs, callbacks: CallbackList) -> dict[str, Any]:
    """Return the logs of one pass through the data; the model stays in inference mode, and the data open."""
    progress = Progress()
    with ExplainsOutOfMemory("evaluate", model, progress):
        switch(model, False)
        model.reset_metrics()
        own_step = model.make_test_function()
        default_step = model._make_step() if runs_default_step(model, "test") else None
        every = model.steps_per_execution
        model.__dict__["stop_evaluating"] = False
        callbacks.on_test_begin()

        def run_own_step(*batch: Any) -> Any:
            with torch.no_grad():
                return own_step(packed(batch, data.adapter))

        run: Callable[..., Any] = run_own_step
        if default_step is not None:
            run = default_step.evaluation
            is_alone = isinstance(data.adapter, ArraysAdapter) and not (
                callbacks.has_foreign("on_test_batch_begin", "on_test_batch_end") or run.runs_code_of_others()
            )
            run.begin(data.num_steps, is_guarded=not is_alone)
        hooks = EvaluationHooks(model, callbacks, default_step, every)
        outputs = run_steps(data.steps(), run, progress, hooks)
        found = numbers(model._results_for(outputs) if default_step is None else default_step.results())
        callbacks.on_test_end(found)
        return found
