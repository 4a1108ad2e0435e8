"""Initializers whose variance is that of the fans."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import pytest

from tests.initializers.against_keras import RandomChecks
from torchkeras_compat import initializers
from torchkeras_compat.initializers.fans import compute_fans


class TestFans(RandomChecks):
    names: ClassVar[list[str]] = [
        "GlorotNormal",
        "GlorotUniform",
        "HeNormal",
        "HeUniform",
        "LecunNormal",
        "LecunUniform",
        "VarianceScaling",
    ]
    own: ClassVar[list[tuple[str, dict[str, Any]]]] = [
        ("VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", "seed": 1})
    ]


VARIANCE = {"Glorot": lambda i, o: 2 / (i + o), "He": lambda i, o: 2 / i, "Lecun": lambda i, o: 1 / i}


@pytest.mark.parametrize("shape", [(300, 200), (3, 3, 40, 60), (5, 60, 90)])
@pytest.mark.parametrize("family", sorted(VARIANCE))
@pytest.mark.parametrize("kind", ["Normal", "Uniform"])
def test_the_variance_is_that_of_the_fans(family, kind, shape):
    values = getattr(initializers, family + kind)(seed=1)(shape)
    variance = VARIANCE[family](*compute_fans(shape))
    assert values.var().item() == pytest.approx(variance, rel=0.05)
    assert values.mean().item() == pytest.approx(0, abs=4 * math.sqrt(variance / values.numel()))
    limit = math.sqrt(3 * variance) if kind == "Uniform" else 2 * math.sqrt(variance) / 0.87962566103423978
    assert limit * 0.98 < values.abs().max().item() <= limit * (1 + 1e-6)


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("distribution", ["truncated_normal", "untruncated_normal", "uniform", "normal"])
def test_variance_scaling_in_all_its_ways(mode, distribution):
    shape = (200, 400)
    values = initializers.VarianceScaling(3.0, mode, distribution, seed=1)(shape)
    n = {"fan_in": 200, "fan_out": 400, "fan_avg": 300}[mode]
    assert values.var().item() == pytest.approx(3.0 / n, rel=0.05)


def test_fans_count_the_axes_they_are_given():
    assert compute_fans((32, 4, 16)) == (4 * 32, 16 * 32)
    assert compute_fans((32, 4, 16), [0], [1, 2]) == (32, 64)
    assert compute_fans((7,)) == (7, 7) and compute_fans(()) == (1, 1)
    values = initializers.VarianceScaling(2.0, seed=1, input_axes=[0], output_axes=[1, 2])((100, 20, 30))
    assert values.var().item() == pytest.approx(2 / 100, rel=0.05)
    assert initializers.GlorotUniform(input_axes=[0], output_axes=[1]).get_config()["input_axes"] == [0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.VarianceScaling(scale=-1.0), "scale=-1.0"),
        (lambda: initializers.VarianceScaling(mode="fan"), "fan"),
        (lambda: initializers.VarianceScaling(distribution="cauchy"), "cauchy"),
        (lambda: initializers.VarianceScaling(input_axes=[0]), "go together"),
        (lambda: initializers.VarianceScaling(input_axes=0, output_axes=[1]), "input_axes=0"),
        (lambda: initializers.VarianceScaling(input_axes=[0], output_axes=[5])((2, 3)), r"output_axes=\[5\]"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
