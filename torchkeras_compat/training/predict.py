"""`predict`: the outputs over one pass through data, as NumPy arrays."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.callbacks.clean_up import CleanUp
from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.text_rows import with_text_rows
from torchkeras_compat.layers.layer.modes import Modes, switch
from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.training.out_of_memory import ExplainsOutOfMemory
from torchkeras_compat.training.progress import Progress
from torchkeras_compat.training.run_steps import packed
from torchkeras_compat.training.step import runs_default_step
from torchkeras_compat.training.training_state import is_training

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps


def predict(
    model: ModelWithSteps, x: Any, batch_size: int | None, verbose: int | str, steps: int | None, callbacks: Any
) -> Any:
    """Return the outputs of one pass through the data; see `Trainer.predict`."""
    with ExplainsOutOfMemory("predict", model, Progress()):  # also of all the outputs together
        parts = list(predict_batches(model, x, batch_size, verbose, steps, callbacks))
        if not parts:
            raise ValueError("`predict` received no data: the source gave no batch. Pass at least one sample.")
        return parts[0] if len(parts) == 1 else tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)


def predict_batches(
    model: ModelWithSteps, x: Any, batch_size: int | None, verbose: int | str, steps: int | None, callbacks: Any
) -> Generator[Any, None, None]:
    """Return an iterator over the outputs of one pass through the data; see `Trainer.predict_batches`."""
    x = with_text_rows(model, x)
    adapter = make_adapter(x, batch_size=batch_size, steps_per_epoch=steps, shuffle=False, device=model._data_device())
    data = Epochs(adapter, steps)
    if not (callbacks or verbose):
        callbacks = None
    elif not isinstance(callbacks, CallbackList):
        callbacks = CallbackList(
            callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=data.num_steps
        )
    return _outputs(model, data, callbacks)


def _outputs(model: ModelWithSteps, data: Epochs, callbacks: CallbackList | None) -> Generator[Any, None, None]:
    progress = Progress()
    modes = Modes(model)

    def restore() -> None:
        if not model.training:  # who takes the outputs one by one may have said another mode since
            modes.restore(trains_on=is_training(model))

    at_end, on_error = ((callbacks.release,), callbacks.on_exception) if callbacks else ((), None)
    with ExplainsOutOfMemory("predict", model, progress), CleanUp(restore, data.close, *at_end, on_error=on_error):
        switch(model, False)
        own_step = model.make_predict_function()
        is_plain = runs_default_step(model, "predict")
        model.__dict__["stop_predicting"] = False

        def run(*batch: Any) -> Any:
            with torch.set_grad_enabled(False):  # not around the loop: who takes the outputs may need them
                outputs = model(batch[0]) if is_plain else own_step(packed(batch, data.adapter))
            return tree.map_structure(convert_to_numpy, outputs)

        if callbacks:
            callbacks.on_predict_begin()
        for progress.step, progress.batch in enumerate(data.steps()):
            if callbacks:
                callbacks.on_predict_batch_begin(progress.step)
            outputs = run(*progress.batch)
            yield outputs
            if callbacks:
                callbacks.on_predict_batch_end(progress.step, {"outputs": outputs})
                if model.stop_predicting:
                    break
        if callbacks:
            callbacks.on_predict_end()
