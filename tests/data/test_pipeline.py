"""Pipeline: the part of tf.data's interface that notes use, and what the training methods make of it."""

from __future__ import annotations

import itertools
import math
import threading

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from torchkeras_compat import layers, models
from torchkeras_compat.data.elements import Strings, batch_length, stack, unstack
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.pipeline import Pipeline


def numbers(count=10, **options):
    return Pipeline(lambda: iter(range(count)), count, **options)


def pairs(count=10):
    return numbers(count).map(lambda n: (torch.full((3,), float(n)), torch.tensor(n)))


def values(pipeline):
    return [element.tolist() if hasattr(element, "tolist") else element for element in pipeline]


def test_batches_and_samples():
    batches = pairs().batch(4)
    assert [tuple(x.shape) for x, _ in batches] == [(4, 3), (4, 3), (2, 3)]
    assert (len(batches), len(pairs().batch(4, drop_remainder=True))) == (3, 2)
    assert [len(y) for _, y in pairs().batch(4, drop_remainder=True)] == [4, 4]
    assert [int(y) for _, y in batches.unbatch()] == list(range(10))
    assert values(numbers(3).batch(2)) == [[0, 1], [2]]


def test_elements_of_every_kind_become_batches():
    sample = {"a": np.ones((2,), "float32"), "b": ("text", 1.5, True)}
    batch = stack([sample, sample])
    assert batch["a"].dtype == torch.float32 and tuple(batch["a"].shape) == (2, 2)
    assert isinstance(batch["b"][0], Strings) and batch["b"][0].numpy().tolist() == ["text", "text"]
    assert batch["b"][1].tolist() == [1.5, 1.5] and batch["b"][2].dtype == torch.bool
    assert batch_length(batch) == 2
    assert next(unstack(batch))["b"][0] == "text"


def test_what_cannot_be_one_batch_is_said():
    with pytest.raises(ValueError, match=r"Received shapes \[\(2,\), \(3,\)\]"):
        stack([torch.ones(3), torch.ones(2)])
    with pytest.raises(ValueError, match=r"Tensor of shape \(2,\), Tensor of shape \(3,\)"):
        list(Pipeline(lambda: iter([(torch.ones(2), torch.ones(3))])).unbatch())
    with pytest.raises(ValueError, match="Tensor of shape"):
        list(Pipeline(lambda: iter([torch.tensor(1)])).unbatch())


def test_take_skip_repeat_filter_and_concatenate():
    assert values(numbers().take(3)) == [0, 1, 2]
    assert values(numbers().skip(8)) == [8, 9]
    assert values(numbers(2).repeat(3)) == [0, 1] * 3
    assert values(numbers().filter(lambda n: n % 4 == 0)) == [0, 4, 8]
    assert values(numbers(2).concatenate(numbers(1))) == [0, 1, 0]
    assert values(itertools.islice(numbers(2).repeat(), 5)) == [0, 1, 0, 1, 0]
    assert values(numbers(0).repeat()) == []
    assert values(numbers(3).take(-1)) == [0, 1, 2] and values(numbers(3).skip(-1)) == []


@pytest.mark.parametrize(
    ("pipeline", "count"),
    [
        (numbers(7), 7),
        (numbers(7).batch(2), 4),
        (numbers(7).take(3), 3),
        (numbers(7).take(30), 7),
        (numbers(7).skip(3), 4),
        (numbers(7).skip(30), 0),
        (numbers(7).repeat(2), 14),
        (numbers(7).repeat(), -1),
        (numbers(7).repeat().take(5), 5),
        (numbers(7).repeat().batch(2), -1),
        (numbers(7).filter(bool), -2),
        (numbers(7).batch(2).unbatch(), -2),
        (numbers(7).cache().prefetch(2).shuffle(3).map(abs), 7),
        (numbers(7).concatenate(numbers(2)), 9),
    ],
)
def test_the_length_is_known_where_it_can_be(pipeline, count):
    assert pipeline.cardinality() == count and pipeline
    if count >= 0:
        assert len(pipeline) == len(list(pipeline)) == count
    else:
        with pytest.raises(TypeError, match="infinite" if count == -1 else "unknown"):
            len(pipeline)


def test_map_takes_tuples_apart_and_makes_no_graph():
    weight = torch.ones(3, requires_grad=True)
    mapped = pairs(4).map(lambda x, y: (x * weight, y + 1))
    assert [int(y) for _, y in mapped] == [1, 2, 3, 4]
    assert not next(iter(mapped))[0].requires_grad
    assert values(numbers(3).map(lambda n: n * n)) == [0, 1, 4]


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


def test_numpy_elements():
    x, text = next(Pipeline(lambda: iter([(torch.ones(2), Strings(["a"]))])).as_numpy_iterator())
    assert type(x) is type(text) is np.ndarray


def test_a_data_loader_takes_it_with_workers():
    loaded = list(DataLoader(numbers(7).map(torch.tensor), batch_size=None))
    assert [int(n) for n in loaded] == list(range(7))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: p.batch(0), "batch_size=0"),
        (lambda p: p.batch(True), "batch_size=True"),
        (lambda p: p.shuffle(2.5), "buffer_size=2.5"),
        (lambda p: p.take(-2), "count=-2"),
        (lambda p: p.skip("a"), "count='a'"),
        (lambda p: p.repeat(-3), "count=-3"),
        (lambda p: p.prefetch(-3), "buffer_size=-3"),
        (lambda p: p.map(abs, num_parallel_calls=0), "Received: 0"),
        (lambda p: p.cache("file"), "filename='file'"),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(numbers())


def test_training_takes_it_as_it_is():
    data = pairs(10).map(lambda x, y: (x, y.float()[None])).batch(4)
    model = models.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(data, epochs=2, validation_data=data, verbose=0).history
    assert len(history["val_loss"]) == 2
    x, y = (torch.cat(part) for part in zip(*data))
    assert model.evaluate(data, verbose=0) == pytest.approx(model.evaluate(x, y, batch_size=4, verbose=0), rel=1e-6)
    np.testing.assert_allclose(model.predict(data, verbose=0), model.predict(x, verbose=0), rtol=1e-6)
    endless = model.fit(data.repeat(), steps_per_epoch=5, epochs=2, verbose=0)
    assert len(endless.history["loss"]) == 2


def test_the_adapter_knows_what_the_pipeline_knows():
    adapter = make_adapter(pairs(10).batch(4), device="cpu")
    assert (adapter.num_batches, adapter.batch_size) == (3, None)
    assert make_adapter(pairs(10).batch(4).repeat(), device="cpu").num_batches is None
    x, y, weights = next(iter(adapter.epoch()))
    assert (tuple(x.shape), tuple(y.shape), weights) == ((4, 3), (4,), None)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (pairs(4), {}, r"call `.batch\(32\)`"),
        (pairs(0).batch(2), {}, "0 batches"),
        (pairs(4).batch(2), {"y": np.ones(4)}, "`y` should not be passed"),
    ],
)
def test_data_that_cannot_be_trained_on_is_refused(data, options, message):
    with pytest.raises(ValueError, match=message):
        make_adapter(data, device="cpu", **options)


def test_the_number_of_batches_stays_a_whole_number():
    assert math.isinf(numbers().repeat()._length)
    assert isinstance(len(numbers(5).repeat(2)), int)
