"""Names, devices, dependencies."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.dialects.tensorflow import scopes as tf
from torchkeras_compat.dialects.tensorflow.variable import Variable


def test_names() -> None:
    with tf.name_scope("a") as outer, tf.name_scope("b/c") as inner:
        assert (outer, inner) == ("a/", "a/b/c/")
        assert Variable(1.0, name="v").name == "a/b/c/v:0"
    with tf.name_scope(None, "d") as scope:
        assert scope == "d/"
    assert tf.name_scope("x").name == "x"


@pytest.mark.parametrize("name", ["/CPU:0", "cpu", "/device:CPU:0", "/job:localhost/replica:0/task:0/device:CPU:0"])
def test_devices(name: str) -> None:
    assert tf.torch_device(name) == "cpu"
    with tf.device(name):
        assert torch.zeros(1).device.type == "cpu"


def test_other_devices() -> None:
    assert tf.torch_device("/GPU:99") == "cpu"  # as with soft placement
    with tf.device(None), tf.device(""):
        pass
    with pytest.raises(ValueError, match="'/QPU:0'"), tf.device("/QPU:0"):
        pass


def test_what_means_nothing_here() -> None:
    with tf.control_dependencies([1]) as scope, tf.init_scope():
        assert not torch.is_grad_enabled()
        assert scope.control_inputs == [1]
    assert torch.is_grad_enabled()
    assert tf.executing_eagerly()
    assert not tf.inside_function()
    assert tf.group(1, [2], name="x") is None  # type: ignore[func-returns-value]
    assert tf.no_op() is None  # type: ignore[func-returns-value]
    assert tf.tuple_of((1, 2)) == [1, 2]
    assert tf.newaxis is None
    with pytest.raises(TypeError, match="axis"):
        tf.group(1, axis=2)
