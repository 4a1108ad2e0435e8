"""`predict`: the outputs over one pass through data, as NumPy arrays."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.callbacks.clean_up import CleanUp
from torchkeras_compat.data.arrays import ArraysAdapter
from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.read_back import Reader, reader_for
from torchkeras_compat.data.text_rows import with_text_rows
from torchkeras_compat.data.transfer import stream_to_device
from torchkeras_compat.layers.layer.modes import Modes, switch
from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.training.gathered import Gathered, checked_leaves, samples_to_come
from torchkeras_compat.training.logs import LazyLogs
from torchkeras_compat.training.out_of_memory import ExplainsOutOfMemory
from torchkeras_compat.training.progress import Progress
from torchkeras_compat.training.run_steps import packed
from torchkeras_compat.training.step import runs_default_step
from torchkeras_compat.training.tracing.traced_prediction import TracedPrediction
from torchkeras_compat.training.training_state import is_training

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps


_NOTHING = object()


def predict(
    model: ModelWithSteps, x: Any, batch_size: int | None, verbose: int | str, steps: int | None, callbacks: Any
) -> Any:
    """Return the outputs of one pass through the data; see `Trainer.predict`."""
    with ExplainsOutOfMemory("predict", model, Progress()):  # also of all the outputs together
        device, data, callbacks = _started(model, x, batch_size, verbose, steps, callbacks)
        reader = reader_for(device)
        batches = _read(model, data, callbacks, reader) if reader else _outputs(model, data, callbacks, _as_arrays)
        try:
            first = next(batches, _NOTHING)
            if first is _NOTHING:
                raise ValueError("`predict` received no data: the source gave no batch. Pass at least one sample.")
            gathered: Gathered | None = None
            second = next(batches, _NOTHING) if reader is None else None
            if second is _NOTHING:
                return first
            gathered = Gathered(samples_to_come(data.adapter, data.steps_per_epoch), are_reused=reader is not None)
            gathered.add(tree.flatten(first))
            for outputs in batches if reader else chain((second,), batches):
                gathered.add(checked_leaves(first, outputs))
            return tree.pack_sequence_as(first, gathered.arrays())
        finally:
            batches.close()


def _read(
    model: ModelWithSteps, data: Epochs, callbacks: CallbackList | None, reader: Reader
) -> Generator[Any, None, None]:
    """Yield the outputs of each batch as arrays, whose memory is written again after two further batches."""
    structures: deque[Any] = deque()

    def leaves() -> Iterator[list[Any]]:
        with closing(_outputs(model, data, callbacks, lambda outputs: outputs)) as computed:
            for outputs in computed:
                structures.append(tree.map_structure(lambda leaf: 0, outputs))
                yield tree.flatten(outputs)

    for batch in stream_to_device(leaves(), reader, ahead=1):
        yield tree.pack_sequence_as(structures.popleft(), map(convert_to_numpy, batch))


def predict_batches(
    model: ModelWithSteps, x: Any, batch_size: int | None, verbose: int | str, steps: int | None, callbacks: Any
) -> Generator[Any, None, None]:
    """Return an iterator over the outputs of one pass through the data; see `Trainer.predict_batches`."""
    _, data, callbacks = _started(model, x, batch_size, verbose, steps, callbacks)
    return _outputs(model, data, callbacks, _as_arrays, is_shared=True)


def _started(
    model: ModelWithSteps, x: Any, batch_size: int | None, verbose: int | str, steps: int | None, callbacks: Any
) -> tuple[torch.device, Epochs, CallbackList | None]:
    """Return where the data goes, the data, and the callbacks if there are any."""
    x, device = with_text_rows(model, x), model._data_device()
    adapter = make_adapter(x, batch_size=batch_size, steps_per_epoch=steps, shuffle=False, device=device)
    data = Epochs(adapter, steps)
    if not (callbacks or verbose):
        callbacks = None
    elif not isinstance(callbacks, CallbackList):
        callbacks = CallbackList(
            callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=data.num_steps
        )
    return device, data, callbacks


def _traced(
    model: ModelWithSteps, data: Epochs, callbacks: CallbackList | None, is_shared: bool
) -> Callable[[Any], Any]:
    """Return the model's call, through a recording of it where that pays."""
    found = model.__dict__.get("_prediction")
    if found is None:
        found = model.__dict__["_prediction"] = TracedPrediction(model)
    is_alone = not (is_shared or (callbacks is not None and callbacks.has_foreign()))
    found.begin(data.num_steps, is_guarded=not (is_alone and isinstance(data.adapter, ArraysAdapter)))
    return lambda x: found(x, None, None)


def _as_arrays(outputs: Any) -> Any:
    return tree.map_structure(convert_to_numpy, outputs)


def _outputs(
    model: ModelWithSteps,
    data: Epochs,
    callbacks: CallbackList | None,
    taken: Callable[[Any], Any],
    is_shared: bool = False,
) -> Generator[Any, None, None]:
    """Yield what ``taken`` makes of the outputs of each batch.

    Args:
        model: The model.
        data: The batches.
        callbacks: Callbacks; None for none.
        taken: What is made of the outputs.
        is_shared: Whether code of others takes the outputs, and runs between the batches.
    """
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

        call: Callable[[Any], Any] = model
        if is_plain and data.num_steps != 1:
            call = _traced(model, data, callbacks, is_shared)

        def run(*batch: Any) -> Any:
            with torch.set_grad_enabled(False):  # not around the loop: who takes the outputs may need them
                outputs = call(batch[0]) if is_plain else own_step(packed(batch, data.adapter))
            return taken(outputs)

        if callbacks:
            callbacks.on_predict_begin()
        for progress.step, progress.batch in enumerate(data.steps()):
            if callbacks:
                callbacks.on_predict_batch_begin(progress.step)
            outputs = run(*progress.batch)
            yield outputs
            if callbacks:
                callbacks.on_predict_batch_end(progress.step, LazyLogs({"outputs": partial(_as_arrays, outputs)}))
                if model.stop_predicting:
                    break
        if callbacks:
            callbacks.on_predict_end()
