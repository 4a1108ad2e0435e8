from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import activation_functions, softmax_family
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = np.linspace(-4, 4, 34, dtype="float32").reshape(2, 17)[:, :16]
CALLS = [
    *[(name, {}) for name in (
        "relu relu6 sigmoid sparse_sigmoid softplus softsign soft_shrink hard_shrink tanh_shrink hard_tanh silu swish "
        "squareplus sparse_plus log_sigmoid leaky_relu hard_sigmoid hard_silu hard_swish elu selu gelu celu glu"
    ).split()],
    ("leaky_relu", {"negative_slope": 0.3}),
    ("gelu", {"approximate": False}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 0.5}),
    ("glu", {"axis": 0}),
    ("squareplus", {"b": 2}),
    ("soft_shrink", {"threshold": 1.0}),
    ("hard_shrink", {"threshold": 1.0}),
    ("threshold", {"threshold": 1.0, "default_value": -7.0}),
]  # fmt: skip


@pytest.mark.parametrize("name, arguments", CALLS, ids=str)
def test_values_as_in_keras(real_keras, name, arguments):
    ours = getattr(activation_functions, name)(X, **arguments)
    theirs = getattr(real_keras.ops, name)(X, **arguments)
    assert ours.dtype is torch.float32
    torch.testing.assert_close(ours, theirs.detach().cpu())


@pytest.mark.parametrize("name, arguments", CALLS, ids=str)
def test_shape_and_dtype_of_symbolic_inputs(name, arguments):
    half = KerasTensor((None, 6), "float16")
    result = getattr(activation_functions, name)(
        half, **{**arguments, "axis": -1} if "axis" in arguments else arguments
    )
    assert (result.shape, result.dtype) == ((None, 3 if name == "glu" else 6), "float16")


def test_integers_become_floats():
    assert activation_functions.sigmoid([0, 1]).dtype is torch.float32


def test_glu_refuses_an_odd_size():
    with pytest.raises(ValueError, match=r"even size along axis -1. Received: x.shape=\(3,\)"):
        activation_functions.glu([1.0, 2.0, 3.0])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_softmax_family_as_in_keras(real_keras, name, axis):
    ours, theirs = getattr(softmax_family, name)(X, axis=axis), getattr(real_keras.ops, name)(X, axis=axis)
    torch.testing.assert_close(ours, theirs.cpu())


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("axis", [(0, 2), (1, 2), (2, 0), None])
def test_softmax_over_several_axes(name, axis):
    x = torch.randn(2, 3, 4)
    exponential = x.exp()
    expected = exponential / exponential.sum(dim=axis if axis else (0, 1, 2), keepdim=True)
    ours = getattr(softmax_family, name)(x, axis=axis)
    torch.testing.assert_close(ours.exp() if name == "log_softmax" else ours, expected)


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_sparsemax_is_the_nearest_distribution(axis):
    """By the conditions of the projection: what is not zero lies one common step below the scores, the rest lower.

    Keras 3.15 is no oracle here: its rows do not always sum to one.
    """
    scores = torch.randn(6, 7, 8) * 3
    p = softmax_family.sparsemax(scores, axis=axis)
    torch.testing.assert_close(p.sum(axis), torch.ones_like(p.sum(axis)))
    assert (p >= 0).all() and (p == 0).any()
    step = torch.where(p > 0, scores - p, -torch.inf).amax(axis, keepdim=True)
    torch.testing.assert_close(torch.where(p > 0, scores - step, 0), p)
    assert (torch.where(p == 0, scores, -torch.inf) <= step + 1e-6).all()


def test_softmax_over_one_element_warns():
    with pytest.warns(UserWarning, match=r"softmax over axis 1 of a tensor of shape \(2, 1\)"):
        softmax_family.softmax(torch.ones(2, 1), axis=1)


def test_softmax_refuses_an_axis_that_is_not_there():
    with pytest.raises(ValueError, match="axis 3 is out of bounds"):
        softmax_family.softmax(X, axis=3)


@pytest.mark.parametrize("axis", [-1, 1])
def test_sparsemax_is_the_projection_on_the_simplex(axis):
    # Keras 3.15.1 gives rows of zeros here, so the oracle is the definition (Martins and Astudillo 2016, eq. 1).
    x = torch.randn(4, 16, generator=torch.Generator().manual_seed(0)) * 3
    p = softmax_family.sparsemax(x, axis)
    torch.testing.assert_close(p.sum(axis), torch.ones(4))
    assert (p >= 0).all()
    kept = p > 0
    for row, values, chosen in zip(p, x, kept, strict=True):
        tau = (values - row)[chosen]
        torch.testing.assert_close(tau, tau[:1].expand_as(tau))
        assert (values[~chosen] <= tau[0] + 1e-6).all()
