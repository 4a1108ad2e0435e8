"""Steps of a loop, and the hooks around them."""

from __future__ import annotations

import pytest

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


def run(hooks: BatchHooks, number: int = 3, first: int = 0) -> tuple[list, Progress]:
    progress = Progress(step=first - 1)
    batches = [(i, None, None) for i in range(number)]
    return list(run_steps(batches, lambda x, y, weights: 10 * x, progress, hooks)), progress


def test_hooks_are_called_around_each_step():
    hooks = Recorded()
    outputs, progress = run(hooks, 2)
    assert outputs == [0, 10]
    assert hooks.calls == [("begin", 0), ("end", 0, 0), ("begin", 1), ("end", 1, 10)]
    assert progress.step == 1 and progress.batch == (1, None, None)


def test_hooks_that_nobody_waits_for_are_not_called():
    hooks = Recorded()
    hooks.begins = hooks.ends = False
    assert run(hooks)[0] == [0, 10, 20]
    assert hooks.calls == []


def test_several_steps_to_a_call_and_a_rest_at_the_end():
    hooks = Recorded(every=2)
    run(hooks, 3)
    assert hooks.calls == [("begin", 0), ("end", 1, 10), ("begin", 2), ("end", 2, 20)]


def test_an_epoch_that_goes_on_counts_from_where_it_was():
    hooks = Recorded(every=2)
    _, progress = run(hooks, 2, first=3)
    assert hooks.calls == [("end", 3, 0), ("begin", 4), ("end", 4, 10)]
    assert progress.step == 4


@pytest.mark.parametrize("every", [1, 2])
def test_a_hook_ends_the_loop(every):
    hooks = Recorded(every, last=1)
    outputs, progress = run(hooks, 5)
    assert outputs == [0, 10] and progress.step == 1


def test_without_batches_nothing_is_called():
    hooks = Recorded(every=2)
    outputs, progress = run(hooks, 0, first=3)
    assert outputs == [] and hooks.calls == []
    assert progress.step == 2 and progress.batch is None


def test_a_batch_is_packed_as_keras_packs_it():
    assert packed((1, None, None)) == (1,)
    assert packed((1, 2, None)) == (1, 2)
    assert packed((1, None, 3)) == (1, None, 3)
