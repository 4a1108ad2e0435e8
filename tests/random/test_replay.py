from __future__ import annotations

import threading

import pytest
import torch

from torchkeras_compat.random.continuous_distributions import normal
from torchkeras_compat.random.replay import Replay
from torchkeras_compat.random.seed_generator import SeedGenerator, global_seed_generator


@pytest.mark.parametrize("make", [SeedGenerator, lambda seed: torch.Generator().manual_seed(seed)])
def test_the_second_run_draws_what_the_first_drew(make):
    generator, replay = make(7), Replay()
    with replay.record():
        first = [normal((3,), seed=generator) for _ in range(2)]
    between = normal((3,), seed=generator)
    for _ in range(2):
        with replay.repeat():
            assert all(torch.equal(normal((3,), seed=generator), x) for x in first)
    twin = make(7)
    expected = [normal((3,), seed=twin) for _ in range(4)]
    assert torch.equal(between, expected[2])
    assert torch.equal(normal((3,), seed=generator), expected[3])


def test_the_global_generator_is_replayed():
    replay = Replay()
    with replay.record():
        first = global_seed_generator().next()
    with replay.repeat():
        assert torch.equal(global_seed_generator().next(), first)
    assert not torch.equal(global_seed_generator().next(), first)


def test_other_threads_draw_on():
    generator, replay = SeedGenerator(1), Replay()
    with replay.record():
        generator.next()
    drawn = []
    with replay.repeat():
        thread = threading.Thread(target=lambda: drawn.append(generator.next().tolist()))
        thread.start()
        thread.join()
    assert drawn == [[1, 1]]


def test_a_second_run_that_draws_more_is_refused():
    replay = Replay()
    with replay.record():
        pass
    with replay.repeat(), pytest.raises(RuntimeError, match="more than the 0 seeds of the first"):
        SeedGenerator(1).next()
