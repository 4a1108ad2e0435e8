"""Moments against their formulas; 20,000 draws put the mean within five standard errors."""

from __future__ import annotations

import math

import pytest
import torch

from torchkeras_compat.device import device

N = 20_000


def check_moments(draw, mean, stddev, dtype):
    """The dtype, mean and standard deviation of `N` numbers that `draw` draws, and that a seed repeats them."""
    x = draw(dtype=dtype, seed=3)
    assert str(x.dtype) == f"torch.{dtype}" and x.shape == (N,)
    assert x.double().mean().item() == pytest.approx(mean, abs=5 * stddev / math.sqrt(N))
    assert x.double().std().item() == pytest.approx(stddev, rel=0.04)
    assert torch.equal(x, draw(dtype=dtype, seed=3))


def check_meta_device(draw):
    """On the meta device nothing is drawn, and the shape is known."""
    with device("meta"):
        x = draw()
    assert x.device.type == "meta" and x.shape == (N,)
