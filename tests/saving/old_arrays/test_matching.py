"""Which array is which weight. Oracle: what Keras 2 wrote for each of these models, layer by layer."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.saving.old_arrays.matching import FileArray, matched
from torchkeras_compat.saving.old_arrays.writers import Writer

WRITERS = [Writer(2, 2, "tensorflow"), Writer(2, 15, "tensorflow"), Writer(3, 0, "torch")]


def nested(*names):
    made = [layers.Dense(4, name=names[0]), layers.BatchNormalization(name=names[1]), layers.Dense(4, name=names[2])]
    return ours.Sequential([ours.Input((4,)), *made])


def saved(model, rename=lambda name: name):
    """What a file has of a model: each array stands for its weight."""
    weights = [*model.trainable_weights, *model.non_trainable_weights]
    return [
        FileArray(rename("/".join(v.path.split("/")[-2:])) + ":0", SimpleNamespace(shape=tuple(v.shape), path=v.path))
        for v in weights
    ]


def paths(pairs):
    return [(v.path.split("/", 1)[1], value.datasets[0].path.split("/", 1)[1]) for v, value in pairs]


def match(model, arrays, writer=WRITERS[0]):
    return matched(model, [*model.trainable_weights, *model.non_trainable_weights], arrays, writer)


@pytest.mark.parametrize("writer", WRITERS)
def test_what_was_frozen_does_not_matter_where_names_tell(writer):
    for before, after in itertools.product(itertools.product([False, True], repeat=3), repeat=2):
        source, target = nested("a", "n", "b"), nested("a", "n", "b")
        for model, frozen in ((source, before), (target, after)):
            for layer, value in zip(model.layers, frozen, strict=True):
                layer.trainable = not value
        pairs = match(target, saved(source), writer)
        assert len(pairs) == 8 and all(own == theirs for own, theirs in paths(pairs))


def test_without_names_the_order_counts():
    source, target = nested("a", "n", "b"), nested("a", "n", "b")
    arrays = [FileArray(f"param_{i}", a.dataset) for i, a in enumerate(saved(source))]
    assert all(own == theirs for own, theirs in paths(match(target, arrays)))


def test_a_model_that_was_frozen_whole_has_its_weights_layer_by_layer():
    source, target = nested("a", "n", "b"), nested("a", "n", "b")
    model = ours.Sequential([ours.Input((4,)), layers.Dense(3, name="a"), layers.BatchNormalization(name="n")])
    source.trainable = False
    arrays = [FileArray(f"param_{i}", a.dataset) for i, a in enumerate(saved(source))]
    pairs = match(target, arrays)
    assert all(own == theirs for own, theirs in paths(pairs))
    assert match(model, arrays) is None


def test_names_of_one_layer_in_another_order():
    layer = layers.BatchNormalization()
    layer.build((None, 3))
    arrays = saved(layer)
    moved = [arrays[i] for i in (1, 0, 3, 2)]
    pairs = match(layer, moved)
    assert [(v.name, value.datasets[0].path.rsplit("/")[-1]) for v, value in pairs] == [
        (name, name) for name in ("gamma", "beta", "moving_mean", "moving_variance")
    ]


def test_another_number_of_arrays_does_not_match():
    layer = layers.Dense(3)
    layer.build((None, 3))
    arrays = saved(layer)
    assert match(layer, arrays[:1]) is None and match(layer, [*arrays, arrays[0]]) is None
    assert match(layer, []) is None


def test_shapes_are_for_the_caller_to_compare():
    layer = layers.Dense(3)
    layer.build((None, 3))
    arrays = [FileArray(a.name, SimpleNamespace(shape=(9,))) for a in saved(layer)]
    assert [value.shape for _, value in match(layer, arrays)] == [(9,), (9,)]


def test_two_directions_of_keras_1():
    layer = layers.Bidirectional(layers.LSTM(3))
    layer.build((None, 4, 2))
    arrays = [
        FileArray(f"{way}_lstm_1_{kind}_{gate}:0", SimpleNamespace(shape=shape))
        for way in ("forward", "backward")
        for gate in "icfo"
        for kind, shape in (("W", (2, 3)), ("U", (3, 3)), ("b", (3,)))
    ]
    pairs = match(layer, arrays, Writer(1, 2))
    assert [value.shape for _, value in pairs] == [(2, 12), (3, 12), (12,)] * 2
    assert pairs[0][1].datasets[0] is arrays[0].dataset and pairs[3][1].datasets[0] is arrays[12].dataset
    assert np.all([len(value.datasets) == 12 for _, value in pairs])
