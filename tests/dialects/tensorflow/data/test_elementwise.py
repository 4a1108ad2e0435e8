from __future__ import annotations

import itertools
import threading
import time
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset


def test_map_unpacks_tuples_and_returns_lists_as_tuples(listed: Any) -> None:
    pairs = Dataset.from_tensor_slices(([1, 2], [3, 4]))
    assert listed(pairs.map(lambda a, b: [a + b, {"a": a}])) == [(4, {"a": 1}), (6, {"a": 2})]
    assert listed(Dataset.from_tensor_slices({"a": [1]}).map(lambda d: d["a"] * 2)) == [2]


@pytest.mark.parametrize("threads", [None, 2, -1])
def test_threads_keep_the_order(listed: Any, threads: int | None) -> None:
    names = set()

    def slow(number: Any) -> Any:
        names.add(threading.current_thread().name)
        time.sleep(0.002)
        return number * number

    assert listed(Dataset.range(20).map(slow, num_parallel_calls=threads)) == [n * n for n in range(20)]
    assert (len(names) == 1) == (threads is None) or threads == -1  # AUTOTUNE depends on the number of cores


def test_gradients_are_off_in_functions() -> None:
    weight = torch.ones((), requires_grad=True)
    assert not any(x.requires_grad for x in Dataset.range(1).map(lambda n: weight * 2.0))


@pytest.mark.parametrize(
    ("cycle", "block", "wanted"),
    [  # TensorFlow 2.15: range(1, 6), each repeated four times
        (2, 3, [1, 1, 1, 2, 2, 2, 1, 2, 3, 3, 3, 4, 4, 4, 3, 4, 5, 5, 5, 5]),
        (3, 1, [1, 2, 3] * 4 + [4, 5] * 4),
        (1, 2, [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4 + [5] * 4),
    ],
)
def test_interleave(listed: Any, cycle: int, block: int, wanted: list[int]) -> None:
    for calls in (None, 2):
        made = Dataset.range(1, 6).interleave(
            lambda n: Dataset.from_tensors(n).repeat(4), cycle, block, num_parallel_calls=calls
        )
        assert listed(made) == wanted


def test_interleave_of_unequal_lengths(listed: Any) -> None:
    made = Dataset.range(1, 7).interleave(lambda n: Dataset.range(n), cycle_length=2)
    wanted = [0, 0, 1, 0, 1, 0, 2, 1, 2, 0, 3, 1, 2, 0, 3, 1, 4, 2, 3, 4, 5]  # TensorFlow 2.15
    assert listed(made) == wanted


def test_inner_datasets_are_needed() -> None:
    for method in ("flat_map", "interleave"):
        with pytest.raises(TypeError, match=f"`{method}` must return a `Dataset` object. Received: Tensor"):
            list(getattr(Dataset.range(2), method)(lambda n: n))


def test_small_methods(listed: Any) -> None:
    numbers = Dataset.range(6)
    assert listed(numbers.filter(lambda n: n % 2 == 0)) == [0, 2, 4]
    assert listed(numbers.take_while(lambda n: n < 3)) == [0, 1, 2]
    assert listed(numbers.enumerate(5))[:2] == [(5, 0), (6, 1)]
    assert listed(numbers.scan(np.int64(10), lambda s, n: (s + n, (s, n))))[-1] == (20, 5)
    assert listed(Dataset.from_tensor_slices([1, 2, 1, 3]).unique()) == [1, 2, 3]
    assert listed(Dataset.from_tensor_slices(["a", "b", "a"]).unique()) == [b"a", b"b"]
    assert listed(numbers.apply(lambda ds: ds.take(1))) == [0]
    with pytest.raises(TypeError, match="must return a tf.data.Dataset object. Got int"):
        numbers.apply(lambda ds: 3)


def test_reduce() -> None:
    assert Dataset.range(5).reduce(np.int64(0), lambda s, n: s + n).numpy() == 10
    pairs = Dataset.from_tensor_slices((np.arange(4), np.arange(4)))
    total = pairs.reduce((np.int64(0), np.int64(0)), lambda s, e: (s[0] + e[0], s[1] + e[1] * 2))
    assert [int(part) for part in total] == [6, 12]
    with pytest.raises(ValueError, match="never does"):
        Dataset.range(2).repeat().reduce(0, lambda s, n: s)


def test_errors_are_ignored_behind_map_only(listed: Any) -> None:
    def fails(number: Any) -> Any:
        if number == 2:
            raise ValueError("two")
        return number

    mapped = Dataset.range(4).map(fails)
    assert listed(mapped.ignore_errors()) == [0, 1, 3]
    with pytest.warns(UserWarning, match="two"):
        listed(mapped.ignore_errors(log_warning=True))
    with pytest.raises(ValueError, match="right behind that `map`"):
        Dataset.range(2).batch(2).ignore_errors()
    with pytest.raises(ValueError, match="two"):
        listed(mapped)


def test_endless_datasets_are_read_as_far_as_asked(listed: Any) -> None:
    made = Dataset.range(3).repeat().map(lambda n: n + 1).filter(lambda n: n > 1)
    assert [int(n) for n in itertools.islice(made, 4)] == [2, 3, 2, 3]


@pytest.mark.parametrize("threads", [0, -2])
def test_wrong_numbers_of_calls(threads: int) -> None:
    with pytest.raises(ValueError, match=f"Received: {threads}"):
        Dataset.range(2).map(lambda n: n, num_parallel_calls=threads)
    with pytest.raises(TypeError, match="Received: 3"):
        Dataset.range(2).map(3)  # type: ignore[arg-type]
