"""The order of the weights of nested layers. Oracle: `trainable_weights` and `non_trainable_weights` of Keras 2."""

from __future__ import annotations

import itertools

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.saving.old_arrays.layer_order import leaves_of, other_orders, owners_by_name, present_order


def nested(**names):
    parts = [
        layers.Dense(4, name=names.get("a", "a")),
        layers.BatchNormalization(name=names.get("n", "n")),
        layers.Dense(4, name=names.get("b", "b")),
    ]
    return ours.Sequential([ours.Input((4,)), *parts])


def listed(order):
    return [f"{leaf.names[-1]}.{v.name}" for leaf, own in order for v in own]


def test_leaves_are_the_layers_that_have_weights():
    model = ours.Sequential([ours.Input((3, 4)), layers.Bidirectional(layers.LSTM(2), name="two"), layers.Dropout(0.1)])
    leaves = leaves_of(model.layers[0], model.layers[0].weights)
    assert [leaf.names[0].split("_")[0] for leaf in leaves] == ["forward", "backward"]
    assert [v.name for v in leaves[0].variables] == ["kernel", "recurrent_kernel", "bias"]
    dense = layers.Dense(2)
    dense.build((None, 3))
    assert [leaf.names for leaf in leaves_of(dense, dense.weights)] == [()]


def test_orders():
    model = nested()
    leaves = leaves_of(model, model.weights)
    first, second = other_orders(leaves)
    trained = ["a.kernel", "a.bias", "n.gamma", "n.beta", "b.kernel", "b.bias"]
    kept = ["n.moving_mean", "n.moving_variance"]
    assert listed(first) == trained + kept
    assert listed(second) == [*trained[:4], *kept, *trained[4:]]
    model.layers[0].trainable = False
    now = present_order(leaves, [*model.trainable_weights, *model.non_trainable_weights])
    assert listed(now) == [*trained[2:], *trained[:2], *kept]


def owners(model, renamed=None):
    weights = [*model.trainable_weights, *model.non_trainable_weights]
    return [(renamed or {}).get(v.path.split("/")[-2], v.path.split("/")[-2]) for v in weights]


def test_names_tell_whatever_was_frozen():
    fresh = nested()
    leaves = leaves_of(fresh, fresh.weights)
    for frozen in itertools.product([False, True], repeat=3):
        saved = nested()
        for layer, value in zip(saved.layers, frozen, strict=True):
            layer.trainable = not value
        assert {k: leaf.names[-1] for k, leaf in owners_by_name(leaves, owners(saved)).items()} == {
            name: name for name in "abn"
        }


def test_numbers_of_another_session_tell_too():
    fresh = nested(a="dense", b="dense_1", n="batch_normalization")
    leaves = leaves_of(fresh, fresh.weights)
    saved = nested(a="dense_7", b="dense_12", n="batch_normalization_3")
    saved.layers[0].trainable = False
    found = owners_by_name(leaves, owners(saved))
    assert {k: leaf.names[-1] for k, leaf in found.items()} == {
        "dense_7": "dense",
        "dense_12": "dense_1",
        "batch_normalization_3": "batch_normalization",
    }


def test_names_that_do_not_tell():
    fresh = nested(a="dense", b="dense_1", n="norm")
    leaves = leaves_of(fresh, fresh.weights)
    assert owners_by_name(leaves, ["w"] * 8) is None
    assert owners_by_name(leaves, ["x", "y", "z"]) is None
    assert owners_by_name(leaves, ["dense_1", "dense_1", "norm", "dense_1"]) is None
    assert owners_by_name(leaves, ["conv_5", "conv_6", "norm"]) is None
    # Freezing never gives this order, and numbers alone prove nothing.
    assert owners_by_name(leaves, ["dense_9", "norm", "dense_4", "norm", "dense_9"]) is None
