"""Stages of a pipeline: threads, prefetching, caches and shuffles."""

from __future__ import annotations

import itertools
import threading

import pytest
import torch

from torchkeras_compat.data import stages
from torchkeras_compat.data.pipeline import Pipeline


def numbers(count=10, **options):
    return Pipeline(lambda: iter(range(count)), count, **options)


def values(pipeline):
    return [element.tolist() if hasattr(element, "tolist") else element for element in pipeline]


@pytest.mark.parametrize("calls", [2, 4, -1])
def test_parallel_calls_keep_the_order(calls):
    assert values(numbers(50).map(lambda n: n * n, num_parallel_calls=calls)) == [n * n for n in range(50)]


def test_parallel_calls_do_run_in_threads_and_stop_with_the_iterator():
    both = threading.Barrier(2, timeout=10)  # only two calls at the same time pass it
    iterator = iter(numbers(100).map(lambda n: (both.wait(), n)[1], num_parallel_calls=2))
    assert next(iterator) == 0
    both.abort()
    iterator.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("torchkeras_compat.data")]


@pytest.mark.parametrize("make", [lambda p: p.map(fail, num_parallel_calls=2), lambda p: p.map(fail).prefetch(2)])
def test_an_error_in_a_thread_is_raised_in_its_place(make):
    seen = []
    with pytest.raises(ZeroDivisionError):
        for element in make(numbers(10)):
            seen.append(element)
    assert seen == [0, 1, 2]


def fail(n):
    return n if n < 3 else n / 0


def test_prefetch_runs_ahead_and_ends_its_thread():
    made = []
    iterator = iter(numbers(100).map(lambda n: (made.append(n), n)[1]).prefetch(3))
    assert [next(iterator) for _ in range(5)] == [0, 1, 2, 3, 4]
    iterator.close()
    assert len(made) < 12
    assert not [t for t in threading.enumerate() if t.name.startswith("torchkeras_compat.data")]
    assert values(numbers(5).prefetch(-1)) == values(numbers(5).prefetch(0)) == [0, 1, 2, 3, 4]


def test_cache_reads_once_and_only_a_whole_pass_counts():
    made = []
    cached = numbers(4).map(lambda n: (made.append(n), n)[1]).cache()
    assert values(cached.take(2)) == [0, 1]
    assert values(cached) == values(cached) == [0, 1, 2, 3]
    assert made == [0, 1, 0, 1, 2, 3]


def test_shuffle_gives_each_pass_an_order():
    shuffled = numbers(50).shuffle(50, seed=3)
    first, second = values(shuffled), values(shuffled)
    assert sorted(first) == sorted(second) == list(range(50)) and first != second
    again = numbers(50).shuffle(50, seed=3)
    assert [values(again), values(again)] == [first, second]
    fixed = numbers(50).shuffle(50, seed=3, reshuffle_each_iteration=False)
    assert values(fixed) == values(fixed) == first
    twice = values(numbers(50).shuffle(50, seed=3).repeat(2))
    assert (twice[:50], twice[50:]) == (first, second)


def test_shuffle_without_a_seed_follows_torch():
    torch.manual_seed(1)
    first = values(numbers(50).shuffle(50))
    torch.manual_seed(1)
    assert values(numbers(50).shuffle(50)) == first != values(numbers(50).shuffle(50))
    fixed = numbers(50).shuffle(50, reshuffle_each_iteration=False)
    assert values(fixed) == values(fixed)


def test_a_small_buffer_shuffles_near_by():
    order = values(numbers(1000).shuffle(10, seed=0))
    assert sorted(order) == list(range(1000))
    assert all(place >= n - 9 for place, n in enumerate(order))  # n cannot come before it is in the buffer


def test_a_pass_without_elements_ends_what_is_endless() -> None:
    assert list(itertools.islice(stages.endless(lambda: iter([1, 2])), 5)) == [1, 2, 1, 2, 1]
    passes = iter([[1], []])
    assert list(stages.endless(lambda: iter(next(passes)))) == [1]
