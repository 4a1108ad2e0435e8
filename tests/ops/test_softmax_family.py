"""Softmax and sparsemax, beside Keras and by definition."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import softmax_family

X = np.linspace(-4, 4, 34, dtype="float32").reshape(2, 17)[:, :16]


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

    Keras 3.15 is not an oracle here: its rows do not always sum to one.
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
