"""Pipeline: the part of tf.data's interface that notes use, and what the training methods make of it."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch.utils.data import DataLoader

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
