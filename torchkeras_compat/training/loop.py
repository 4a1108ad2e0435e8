"""The loops of `fit`, `evaluate` and `predict`: epochs, steps, callbacks, validation."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from typing import Any

import numpy as np
import torch

from torchkeras_compat import config, tree
from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.callbacks.clean_up import CleanUp
from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.data.batching import unpack_x_y_sample_weight
from torchkeras_compat.data.class_weight import ClassWeights
from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.validation_split import train_validation_split
from torchkeras_compat.layers.layer.modes import Modes, switch, switched
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.plugins.training import training_callbacks, wrap_train_step
from torchkeras_compat.training.logs import LazyLogs, flat, give_logs
from torchkeras_compat.training.out_of_memory import explains_out_of_memory
from torchkeras_compat.training.processes import warn_of_separate_models
from torchkeras_compat.training.step import is_default
from torchkeras_compat.training.training_state import TrainingState
from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.variable_base import VariableBase


@explains_out_of_memory("fit")
def fit(
    model: Any,
    *,
    x: Any,
    y: Any,
    batch_size: int | None,
    epochs: int,
    verbose: Any,
    callbacks: Any,
    validation_split: float,
    validation_data: Any,
    shuffle: Any,
    class_weight: Any,
    sample_weight: Any,
    initial_epoch: int,
    steps_per_epoch: int | None,
    validation_steps: int | None,
    validation_batch_size: int | None,
    validation_freq: Any,
) -> Any:
    """See `Trainer.fit`."""
    for name, value in {"epochs": epochs, "initial_epoch": initial_epoch}.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"`{name}` of `fit` is an int, not negative. Received: {name}={value!r}")
    validates = _validation_epochs(validation_freq)
    most = config.max_epochs()
    if most is not None and most < epochs:
        warn_user(f"Limiting epochs to {most}: `config.set_max_epochs` says so.")
        epochs = most
    if validation_split and validation_data is None:
        (x, y, sample_weight), validation_data = train_validation_split((x, y, sample_weight), validation_split)
    device = model._data_device()
    adapter = make_adapter(
        x,
        y,
        sample_weight,
        batch_size=batch_size,
        steps_per_epoch=steps_per_epoch,
        shuffle=shuffle,
        class_weight=class_weight,
        device=device,
        check_finite=True,
    )
    data = Epochs(adapter, steps_per_epoch)
    validation = None
    if validation_data is not None:
        val_x, val_y, val_weight = unpack_x_y_sample_weight(validation_data)
        validation = make_adapter(
            val_x, val_y, val_weight, batch_size=validation_batch_size or batch_size, shuffle=False, device=device
        )
    if not isinstance(callbacks, CallbackList):
        extra = training_callbacks(model)
        given = (
            list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks] if callbacks is not None else []
        )
        callbacks = CallbackList(
            [*given, *extra],
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            verbose=verbose,
            epochs=epochs,
            steps=data.num_steps,
        )
    state = model.__dict__
    state["stop_training"] = False
    every = model.steps_per_execution
    is_ready = False
    training = state["_training_state"] = TrainingState(model, data, callbacks)
    modes = Modes(model)
    with CleanUp(
        partial(switch, model, False),
        modes.restore,
        data.close,
        callbacks.release,
        partial(state.pop, "_training_state", None),
        on_error=callbacks.on_exception,
    ):
        step = model.make_train_function()
        callbacks.on_train_begin()
        default_step = model._make_step() if _runs_default_step(model, "train") else None
        if default_step is not None:
            warn_of_separate_models(model)
            default_step.is_ready = False  # what is trainable, and hooks of the optimizer, may be others than before
        train = wrap_train_step(
            model, default_step.train if default_step else lambda *batch: step(_packed(batch, adapter))
        )
        left, logs = training.begin(range(initial_epoch, epochs))  # a callback may go on after an interruption
        for epoch in left:
            model.reset_metrics()
            callbacks.on_epoch_begin(epoch)
            switch(model, True)
            watches_begin = callbacks.wants("on_train_batch_begin")
            watches_end = callbacks.wants("on_train_batch_end")
            first, step_logs = training.begin_epoch()
            index = first - 1
            steps = data.steps(none=first > 0 and model.stop_training)
            for index, batch in enumerate(steps, first):
                if watches_begin and index % every == 0:
                    callbacks.on_train_batch_begin(index)
                    _go_on_training(model)
                if default_step is not None:
                    train(*batch)
                else:
                    if not is_ready:
                        is_ready = make_ready(model, batch[0])
                    step_logs = train(*batch)
                if watches_end and index % every == every - 1:
                    _report(callbacks.on_train_batch_end, index, default_step, step_logs)
                    if model.stop_training:
                        break
                    _go_on_training(model)
            else:
                if watches_end and index >= first and index % every != every - 1:
                    _report(callbacks.on_train_batch_end, index, default_step, step_logs)
            steps.close()
            switch(model, False)
            if data.is_exhausted:
                break
            logs = _floats(step_logs if default_step is None or index < first else default_step.results())
            if validation is not None and validates(epoch + 1):
                with closing(Epochs(validation, validation_steps)) as held_out:
                    val_logs = _evaluate(model, held_out, callbacks)
                logs.update({f"val_{k}": v for k, v in val_logs.items()})
            callbacks.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        if isinstance(model.optimizer, Optimizer):
            model.optimizer.finalize_variable_values(model.trainable_variables)
        callbacks.on_train_end(logs)
    return model.history


def is_training(model: Any) -> bool:
    """Return whether a `fit` of the model is under way."""
    return "_training_state" in model.__dict__


def _go_on_training(model: Any) -> None:
    """Put the model back into training mode, where a callback has evaluated or predicted."""
    if not model.training:
        switch(model, True)


def _validation_epochs(validation_freq: Any) -> Callable[[int], bool]:
    """Return the function that says whether an epoch, counted from 1, is followed by validation."""
    if isinstance(validation_freq, int) and not isinstance(validation_freq, bool) and validation_freq > 0:
        return lambda epoch: epoch % validation_freq == 0
    if isinstance(validation_freq, (list, tuple, set, frozenset)):
        return lambda epoch: epoch in validation_freq
    raise ValueError(
        "Expected `validation_freq` to be a positive int, or a list of the epochs (from 1) to validate after. "
        f"Received: validation_freq={validation_freq!r}"
    )


def evaluate(
    model: Any, x: Any, y: Any, batch_size: Any, verbose: Any, sample_weight: Any, steps: Any, callbacks: Any
) -> dict[str, float]:
    """Return the logs of one pass through the data; see `Trainer.evaluate`."""
    adapter = make_adapter(
        x, y, sample_weight, batch_size=batch_size, steps_per_epoch=steps, shuffle=False, device=model._data_device()
    )
    data = Epochs(adapter, steps)
    if not isinstance(callbacks, CallbackList):
        callbacks = CallbackList(
            callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=data.num_steps
        )
    modes = Modes(model)
    restore = partial(modes.restore, trains_on=is_training(model))
    with CleanUp(restore, data.close, callbacks.release, on_error=callbacks.on_exception):
        return _evaluate(model, data, callbacks)


@explains_out_of_memory("evaluate")
def _evaluate(model: Any, data: Epochs, callbacks: CallbackList) -> dict[str, float]:
    switch(model, False)
    model.reset_metrics()
    step = model.make_test_function()
    default_step = model._make_step() if _runs_default_step(model, "test") else None
    every = model.steps_per_execution
    model.__dict__["stop_evaluating"] = False
    callbacks.on_test_begin()
    watches_begin, watches_end = (callbacks.wants(h) for h in ("on_test_batch_begin", "on_test_batch_end"))
    index, step_logs = -1, {}
    for index, batch in enumerate(data.steps()):
        if watches_begin and index % every == 0:
            callbacks.on_test_batch_begin(index)
        if default_step is not None:
            default_step.test(*batch)
        else:
            with torch.no_grad():
                step_logs = step(_packed(batch, data.adapter))
        if watches_end and index % every == every - 1:
            _report(callbacks.on_test_batch_end, index, default_step, step_logs)
            if model.stop_evaluating:
                break
    else:
        if watches_end and index % every != every - 1:
            _report(callbacks.on_test_batch_end, index, default_step, step_logs)
    logs = _floats(step_logs if default_step is None else default_step.results())
    callbacks.on_test_end(logs)
    return logs


@explains_out_of_memory("predict")
def predict(model: Any, x: Any, batch_size: Any, verbose: Any, steps: Any, callbacks: Any) -> Any:
    """Return the outputs of one pass through the data; see `Trainer.predict`."""
    parts = list(predict_batches(model, x, batch_size, verbose, steps, callbacks))
    if not parts:
        raise ValueError("`predict` received no data: the source gave no batch. Pass at least one sample.")
    return parts[0] if len(parts) == 1 else tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)


def predict_batches(
    model: Any, x: Any, batch_size: Any, verbose: Any, steps: Any, callbacks: Any
) -> Generator[Any, None, None]:
    """Return an iterator over the outputs of one pass through the data; see `Trainer.predict_batches`."""
    adapter = make_adapter(x, batch_size=batch_size, steps_per_epoch=steps, shuffle=False, device=model._data_device())
    data = Epochs(adapter, steps)
    if not isinstance(callbacks, CallbackList) and (callbacks or verbose):
        callbacks = CallbackList(
            callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=data.num_steps
        )
    return _outputs(model, data, callbacks)


@explains_out_of_memory("predict")
def _outputs(model: Any, data: Epochs, callbacks: Any) -> Generator[Any, None, None]:
    modes = Modes(model)

    def restore() -> None:
        if not model.training:  # who takes the outputs one by one may have said another mode since
            modes.restore(trains_on=is_training(model))

    steps, on_error = ((callbacks.release,), callbacks.on_exception) if callbacks else ((), None)
    with CleanUp(restore, data.close, *steps, on_error=on_error):
        switch(model, False)
        step = model.make_predict_function()
        is_plain = _runs_default_step(model, "predict")
        model.__dict__["stop_predicting"] = False
        if callbacks:
            callbacks.on_predict_begin()
        for index, batch in enumerate(data.steps()):
            if callbacks:
                callbacks.on_predict_batch_begin(index)
            with torch.no_grad():  # not around the loop: who takes the outputs would compute without gradients too
                outputs = model(batch[0]) if is_plain else step(_packed(batch, data.adapter))
            outputs = tree.map_structure(convert_to_numpy, outputs)
            yield outputs
            if callbacks:
                callbacks.on_predict_batch_end(index, {"outputs": outputs})
                if model.stop_predicting:
                    break
        if callbacks:
            callbacks.on_predict_end()


def on_batch(
    model: Any, kind: str, x: Any, y: Any, sample_weight: Any, class_weight: Any, return_dict: bool, flat: Callable
) -> Any:
    """Run one training or evaluation step on arrays; see `Trainer.train_on_batch`."""
    device = model._data_device()

    def to_device(a: Any) -> Any:
        if not hasattr(a, "shape") and not isinstance(a, (int, float)):
            return a
        a = convert_to_tensor(a).to(device)
        return a.to(torch.get_default_dtype()) if a.dtype is torch.float64 else a

    x, y, sample_weight = tree.map_structure(to_device, (x, y, sample_weight))
    if class_weight is not None:
        if sample_weight is not None:
            raise ValueError("Arguments `sample_weight` and `class_weight` cannot be specified at the same time.")
        sample_weight = ClassWeights(class_weight)(y)
    model.reset_metrics()
    if kind == "train" and not _runs_default_step(model, "train"):
        make_ready(model, x)
    with switched(model, kind == "train", is_training(model)), torch.set_grad_enabled(kind == "train"):
        run = model.make_train_function() if kind == "train" else model.make_test_function()
        logs = _floats(run(_packed((x, y, sample_weight))))
    return logs if return_dict else flat(logs)


def make_ready(model: Any, x: Any) -> bool:
    """Build the model and its optimizer before a training step that a subclass wrote; return True.

    A model without ``call``, whose step runs other models, builds those itself.
    """
    if not model.built:
        try:
            with switched(model, False, is_training(model)), torch.no_grad():
                model(x)
        except NotImplementedError:
            return True
    optimizer = model.optimizer
    if hasattr(optimizer, "build") and not optimizer.built and model.trainable_variables:
        optimizer.build(model.trainable_variables)
    return True


def _runs_default_step(model: Any, kind: str) -> bool:
    """Return whether no subclass has its own step or its own function around it."""
    cls = type(model)
    return is_default(getattr(cls, f"{kind}_step")) and is_default(getattr(cls, f"make_{kind}_function"))


def _report(hook: Callable, index: int, step: Any, logs: Any) -> None:
    """Call a per-batch hook with logs that nobody has waited for."""
    give_logs(hook, index, step.logs if step is not None else lambda: LazyLogs(flat(logs or {})))


def _packed(batch: tuple[Any, Any, Any], adapter: Adapter | None = None) -> Any:
    """Return a batch as Keras hands it to a step: in the structure that the data has."""
    x, y, sample_weight = batch
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return x if adapter is not None and adapter.yields_bare_inputs else (x,)


def _floats(logs: Any) -> dict[str, Any]:
    """Read the logs: the one place where a loop waits for the device."""
    found = {k: _number(v) for k, v in flat(logs or {}).items()}
    return {k: found[k] for k in sorted(found, key=lambda k: k != "loss")}


def _number(value: Any) -> Any:
    if isinstance(value, (torch.Tensor, VariableBase)):
        value = convert_to_numpy(value)
        return float(value) if value.ndim == 0 else value
    return float(value) if isinstance(value, (int, float, np.generic)) else value
