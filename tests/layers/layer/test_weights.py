"""Making weights."""

from __future__ import annotations

import pytest

from torchkeras_compat import layers
from torchkeras_compat.layers.layer.layer import Layer


def test_add_weight_defaults():
    layer = Layer()
    w = layer.add_weight(shape=(3, 2), name="w")
    limit = (6 / 5) ** 0.5
    assert (w.dtype, w.trainable) == ("float32", True)
    assert abs(w.numpy()).max() <= limit
    n = layer.add_weight(shape=(), dtype="int32", trainable=False)
    assert n.numpy() == 0
    assert [name for name, _ in layer.named_buffers()] == [n.name]
    assert layer.non_trainable_weights == [n]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda layer: layer.add_weight("kernel", shape=(2,)), ValueError, "'kernel'.*name, pass it as a keyword"),
        (lambda layer: layer.add_weight((2,), shape=(2,)), ValueError, "`shape` was passed both positionally"),
        (lambda layer: layer.add_weight((2,), "zeros", None, "w"), TypeError, "at most 3 positional"),
        (lambda layer: layer.add_weight((2,), "zeross"), ValueError, "zeross.*Did you mean"),
        (lambda layer: layer.add_weight((2,), name="a/b"), ValueError, "cannot contain character `/`"),
    ],
    ids=list("abcde"),
)
def test_bad_arguments_of_add_weight_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(Layer())


def test_add_variable_makes_a_trained_weight():
    layer = layers.Layer()
    layer.scale = layer.add_variable((3,), "ones", regularizer="l2", name="scale")
    layer.count = layer.add_variable((), "zeros", "int32", False, name="count")
    assert [w.name for w in layer.trainable_weights] == ["scale"]
    assert [w.name for w in layer.non_trainable_weights] == ["count"]
    assert dict(layer.named_parameters())["scale"].shape == (3,)
    assert layer.count.dtype == "int32"
    assert layer.losses[0].item() == pytest.approx(0.03)


def test_weights_of_one_name_with_a_dot_have_keys_of_their_own() -> None:
    layer = Layer()
    for _ in range(3):
        layer.add_weight(shape=(), name="a.b")
    assert [key for key, _ in layer.named_parameters()] == ["a_b", "a_b_1", "a_b_2"]
