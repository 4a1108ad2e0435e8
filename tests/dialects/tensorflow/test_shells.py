"""`tf.Tensor`: TensorFlow's manners (values and texts of TensorFlow 2.15), torch's values and gradients."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, unwrap, wrap
from torchkeras_compat.ops import mean
from torchkeras_compat.variables import Variable


@pytest.fixture
def c() -> Tensor:
    """A tensor that is part of autograd's graph."""
    found: Tensor = wrap(torch.tensor([1.0, 2.0], requires_grad=True))
    return found


@pytest.fixture
def i() -> Tensor:
    """Integers."""
    found: Tensor = wrap(torch.tensor([1, 2], dtype=torch.int32))
    return found


def same(x: Any, values: Any, dtype: str) -> None:
    """Assert that a tensor of the dialect holds these values."""
    assert type(x) is Tensor
    assert x.dtype == dtype
    np.testing.assert_allclose(x.numpy(), values)


def test_values_come_out_of_results_that_require_gradients(c: Tensor) -> None:
    assert c.numpy().tolist() == [1.0, 2.0]
    assert np.mean(c) == 1.5
    assert type(np.mean(c)) is np.float32
    assert type(np.add(c, c)) is np.ndarray
    assert np.asarray(c, "float64").dtype == np.float64
    assert np.stack([c, c]).shape == (2, 2)
    assert type(c[0].numpy()) is np.float32
    assert f"{c[0]:.2f}" == "1.00"
    assert float(c[1]) == 2.0


def test_numpy_gives_a_copy(c: Tensor) -> None:
    c.numpy()[0] = 9
    assert c.numpy()[0] == 1.0


def test_attributes(c: Tensor) -> None:
    assert type(c.shape) is TensorShape
    assert c.shape.as_list() == [2] == c.get_shape()
    assert c.dtype.name == "float32"
    assert (c.dtype == np.float32, c.dtype == torch.float32, c.dtype == "float32") == (True, True, True)
    assert c.ndim == 1
    with pytest.raises(ValueError, match="supplied shape"):
        c.set_shape([3])


def test_text_is_that_of_tensorflow(c: Tensor, i: Tensor) -> None:
    assert repr(c) == "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>"
    assert str(c) == "tf.Tensor([1. 2.], shape=(2,), dtype=float32)"
    assert repr(c[0]) == "<tf.Tensor: shape=(), dtype=float32, numpy=1.0>"
    assert str(c[0]) == "tf.Tensor(1.0, shape=(), dtype=float32)"
    assert str(wrap(torch.ones(2, 1))) == "tf.Tensor(\n[[1.]\n [1.]], shape=(2, 1), dtype=float32)"
    assert repr(wrap(torch.ones(1, 1, dtype=torch.int32))).startswith("<tf.Tensor: shape=(1, 1), dtype=int32, numpy=")


def test_item_assignment_is_refused(c: Tensor) -> None:
    with pytest.raises(TypeError, match="tensor_scatter_nd_update"):
        c[0] = 3.0


def test_iteration_length_and_truth(c: Tensor) -> None:
    assert [type(x) for x in c] == [Tensor, Tensor]
    assert len(c) == 2
    assert c[0]
    with pytest.raises(ValueError, match="ambiguous"):
        bool(c)
    with pytest.raises(TypeError, match="len"):
        len(c[0])
    with pytest.raises(TypeError, match="scalar"):
        iter(c[0])


def test_references_stand_for_tensors(c: Tensor) -> None:
    assert {c.ref(): 1}[c.ref()] == 1
    assert c.ref().deref() is c
    assert c.ref() != wrap(torch.ones(1)).ref()


@pytest.mark.parametrize("function", [torch.exp, torch.nn.functional.softplus, torch.Tensor.sin, operator.neg])
def test_torch_functions_keep_the_manners_and_the_gradient(c: Tensor, function: Callable[..., Tensor]) -> None:
    result = function(c)
    assert type(result) is Tensor
    result.sum().backward()
    assert unwrap(c).grad is not None


def test_a_shell_is_its_tensor() -> None:
    x = torch.ones(2)
    shell = wrap(x)
    assert unwrap(shell) is x
    shell.requires_grad_()
    assert x.requires_grad
    x.data.add_(1)
    assert shell.numpy().tolist() == [2.0, 2.0]


def test_copies(c: Tensor) -> None:
    for other in (copy.deepcopy(wrap(torch.ones(2))), pickle.loads(pickle.dumps(wrap(torch.ones(2))))):
        same(other, [1.0, 1.0], "float32")


def test_nested_values_go_in_and_out() -> None:
    out = wrap({"a": [torch.ones(1)], "b": (torch.ones(1), 3), "c": torch.max(torch.ones(1, 1), 0)})
    assert type(out["a"][0]) is type(out["b"][0]) is type(out["c"].values) is Tensor
    back = unwrap(out)
    assert type(back["a"][0]) is type(back["c"].values) is torch.Tensor
    assert [type(x) for x in unwrap([np.ones(1), Variable([1.0]), 2.0])] == [torch.Tensor, torch.nn.Parameter, float]


def test_the_core_reads_torch_dtypes(c: Tensor) -> None:
    same(mean(c), 1.5, "float32")
