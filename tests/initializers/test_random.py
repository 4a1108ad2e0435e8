"""Distributions: bounds, spread and seeds."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.initializers.against_keras import RandomChecks
from torchkeras_compat import initializers


class TestRandom(RandomChecks):
    names: ClassVar[list[str]] = ["RandomNormal", "RandomUniform", "TruncatedNormal"]
    own: ClassVar[list[tuple[str, dict[str, Any]]]] = [("RandomUniform", {"minval": 0.0, "maxval": 1.0, "seed": 1})]


def test_distributions_keep_their_bounds():
    uniform = initializers.RandomUniform(-2.0, 3.0, seed=1)((10000,))
    assert uniform.min() >= -2 and uniform.max() < 3 and uniform.mean().item() == pytest.approx(0.5, abs=0.1)
    normal = initializers.RandomNormal(1.0, 2.0, seed=1)((10000,))
    assert normal.mean().item() == pytest.approx(1, abs=0.1) and normal.std().item() == pytest.approx(2, rel=0.05)
    truncated = initializers.TruncatedNormal(1.0, 2.0, seed=1)((10000,))
    assert (truncated - 1).abs().max() <= 4 and truncated.std().item() == pytest.approx(2 * 0.8796, rel=0.05)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="seed=a"):
        initializers.RandomNormal(seed="a")
