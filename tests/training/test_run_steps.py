"""Steps of a loop, and the hooks around them."""

from __future__ import annotations

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.callbacks.lambda_callback import LambdaCallback
from torchkeras_compat.training.progress import Progress
from torchkeras_compat.training.run_steps import BatchHooks, packed, run_steps


class Recorded(BatchHooks):
    """Notes what is called; says that the loop ends after a step of that index."""

    begins = ends = True

    def __init__(self, every: int = 1, last: int | None = None) -> None:
        self.every = every
        self.last = last
        self.calls: list[tuple] = []

    def begin(self, step: int) -> None:
        self.calls.append(("begin", step))

    def end(self, step: int, outputs: object) -> bool:
        self.calls.append(("end", step, outputs))
        return step == self.last

    def end_last(self, step: int, outputs: object) -> None:
        self.calls.append(("end_last", step, outputs))


def run(hooks: BatchHooks, number: int = 3, first: int = 0) -> tuple[object, Progress]:
    progress = Progress(step=first - 1)
    batches = [(i, None, None) for i in range(number)]
    return run_steps(batches, lambda x, y, weights: 10 * x, progress, hooks), progress


def test_hooks_are_called_around_each_step():
    hooks = Recorded()
    outputs, progress = run(hooks, 2)
    assert outputs == 10
    assert hooks.calls == [("begin", 0), ("end", 0, 0), ("begin", 1), ("end", 1, 10)]
    assert progress.step == 1 and progress.batch == (1, None, None)


def test_hooks_that_nobody_waits_for_are_not_called():
    hooks = Recorded()
    hooks.begins = hooks.ends = False
    assert run(hooks)[0] == 20
    assert hooks.calls == []


def test_several_steps_to_a_call_and_a_rest_at_the_end():
    hooks = Recorded(every=2)
    run(hooks, 3)
    assert hooks.calls == [("begin", 0), ("end", 1, 10), ("begin", 2), ("end_last", 2, 20)]


def test_an_epoch_that_goes_on_counts_from_where_it_was():
    hooks = Recorded(every=2)
    _, progress = run(hooks, 2, first=3)
    assert hooks.calls == [("end", 3, 0), ("begin", 4), ("end_last", 4, 10)]
    assert progress.step == 4


@pytest.mark.parametrize("every", [1, 2])
def test_a_hook_ends_the_loop(every):
    hooks = Recorded(every, last=1)
    outputs, progress = run(hooks, 5)
    assert outputs == 10 and progress.step == 1


def test_without_batches_nothing_is_called():
    hooks = Recorded(every=2)
    outputs, progress = run(hooks, 0, first=3)
    assert outputs is None and hooks.calls == []
    assert progress.step == 2 and progress.batch is None


def test_a_batch_is_packed_as_keras_packs_it():
    assert packed((1, None, None)) == (1,)
    assert packed((1, 2, None)) == (1, 2)
    assert packed((1, None, 3)) == (1, None, 3)


X, Y = np.ones((10, 2), "float32"), np.ones((10, 1), "float32")


def raise_stop(*args, **kwargs):
    raise StopIteration("no more")


class Exhausted(ours.Model):
    def call(self, x):
        return x

    train_step = test_step = raise_stop


@pytest.mark.parametrize("method", ["fit", "evaluate"])
@pytest.mark.parametrize("raises", ["step", "begin", "end"])
def test_stop_iteration_reaches_callbacks_and_the_user(method, raises):
    model = Exhausted() if raises == "step" else ours.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    errors = []
    kind = "train" if method == "fit" else "test"
    watch = LambdaCallback() if raises == "step" else LambdaCallback(**{f"on_{kind}_batch_{raises}": raise_stop})
    watch.on_exception = errors.append
    with pytest.raises(StopIteration, match="no more") as caught:
        getattr(model, method)(X, Y, verbose=0, callbacks=[watch])
    assert errors == [caught.value]


@pytest.mark.parametrize("every", [1, 2])
def test_training_goes_on_only_where_steps_may_follow(every):
    """After a last call for fewer steps the model stays in the mode that a callback has put it into."""

    class Switched(ours.Sequential):
        modes: tuple = ()

        def train(self, mode=True):
            self.modes += (mode,)
            return super().train(mode)

    model = Switched([ours.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=every)
    evaluates = LambdaCallback(on_train_batch_end=lambda batch, logs: model.eval())
    model.fit(X, Y, batch_size=4, verbose=0, callbacks=[evaluates])
    after_each = {1: (True, False, True, False, True, False, True), 2: (True, False, True, False)}[every]
    assert model.modes == (*after_each, False, False)


def test_steps_to_a_call_are_those_of_the_beginning():
    model = ours.Sequential([ours.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=3)
    steps = []

    def change(*args):
        model.steps_per_execution = 1

    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch), on_epoch_begin=change)
    model.fit(X, Y, batch_size=2, verbose=0, callbacks=[watch])
    assert steps == [2, 4]
    model.fit(X, Y, batch_size=5, verbose=0, callbacks=[watch])
    assert steps == [2, 4, 0, 1]
