"""Arrays to compare with NumPy on, and the checks that functions of several modules go through."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = np.arange(24, dtype="float32").reshape(2, 3, 4)
REAL = np.array([[-1.5, -0.3, 0.0], [0.4, 0.9, 2.6]], "float32")
UNIT = np.array([[-0.9, -0.3, 0.0], [0.4, 0.5, 0.8]], "float32")
POSITIVE = np.array([[1.0, 1.5, 2.0], [2.5, 3.0, 9.0]], "float32")
VALUES = np.array([[[1.0, 5.0, 2.0], [0.0, 4.0, 7.0]], [[3.0, -1.0, 2.0], [2.0, 2.0, 9.0]]], "float32")
NAN = np.where(VALUES == 2.0, np.nan, VALUES).astype("float32")
AXES = [None, 0, -1, (0, 2), ()]


def assert_same(got, expected):
    if isinstance(expected, (list, tuple)):
        assert len(got) == len(expected)
        for a, b in zip(got, expected, strict=True):
            assert_same(a, b)
    else:
        assert tuple(got.shape) == np.shape(expected)
        np.testing.assert_allclose(got, expected, rtol=1e-6)


def check_array(name, args):
    """A function of `X` gives what NumPy's gives, and its symbolic result the same shapes."""
    got = getattr(ops, name)(X, *args)
    assert_same(got, getattr(np, name)(X, *args))
    symbolic = getattr(ops, name)(KerasTensor((2, 3, 4)), *args)
    parts = (got, symbolic) if isinstance(got, (list, tuple)) else ([got], [symbolic])
    assert [tuple(x.shape) for x in parts[0]] == [x.shape for x in parts[1]]


def check_bad_argument(call, words):
    """A bad argument is named, eagerly and symbolically."""
    for x in (torch.zeros(2, 3, 4), KerasTensor((2, 3, 4))):
        with pytest.raises(ValueError, match=words):
            call(x)


def check_one_operand(name, x):
    """A function of one operand gives what NumPy's gives."""
    np.testing.assert_allclose(getattr(ops, name)(x), getattr(np, name)(x), rtol=1e-5, atol=1e-6)
    assert getattr(ops, name)(KerasTensor((None, 3))).shape == (None, 3)


def check_two_operands(name):
    """A function of two operands that are broadcast gives what NumPy's gives."""
    x, y = REAL, np.array([[0.5], [-2.0]], "float32")
    np.testing.assert_allclose(getattr(ops, name)(x, y), getattr(np, name)(x, y), rtol=1e-5, atol=1e-6)
    assert getattr(ops, name)(KerasTensor((None, 3)), KerasTensor((2, None))).shape == (2, 3)


def check_two_integers(name):
    """A function of integers gives what NumPy's gives."""
    x, y = np.array([12, 7, 30], "int32"), np.array([2, 3, 4], "int32")
    np.testing.assert_array_equal(getattr(ops, name)(x, y), getattr(np, name)(x, y))


def check_reduction(name, axis):
    """A reduction of `VALUES`, or of `NAN` if it passes over NaN, gives what NumPy's gives."""
    x = NAN if name.startswith("nan") else VALUES
    for keepdims in (False, True):
        expected = getattr(np, name)(x, axis=axis, keepdims=keepdims)
        got = getattr(ops, name)(x, axis=axis, keepdims=keepdims)
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
        symbolic = getattr(ops, name)(KerasTensor((None, 2, 3)), axis=axis, keepdims=keepdims)
        assert [b for a, b in zip(symbolic.shape, got.shape, strict=True) if a is not None and a != b] == []
