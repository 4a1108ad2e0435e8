"""Initializers: spread, bounds, seeds, fans, orthogonality, and configs, beside real Keras where it draws nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from torchkeras_compat import initializers, random
from torchkeras_compat.initializers.fans import compute_fans

RANDOM = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
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


def test_fans_count_the_axes_they_are_told():
    assert compute_fans((32, 4, 16)) == (4 * 32, 16 * 32)
    assert compute_fans((32, 4, 16), [0], [1, 2]) == (32, 64)
    assert compute_fans((7,)) == (7, 7) and compute_fans(()) == (1, 1)
    values = initializers.VarianceScaling(2.0, seed=1, input_axes=[0], output_axes=[1, 2])((100, 20, 30))
    assert values.var().item() == pytest.approx(2 / 100, rel=0.05)
    assert initializers.GlorotUniform(input_axes=[0], output_axes=[1]).get_config()["input_axes"] == [0]


@pytest.mark.parametrize("name", RANDOM)
def test_one_seed_gives_one_array(name):
    cls = getattr(initializers, name)
    one, same, other = cls(seed=3), cls(seed=3), cls(seed=4)
    assert torch.equal(one((4, 5)), same((4, 5)))
    assert torch.equal(one((4, 5)), one((4, 5)))
    assert not torch.equal(one((4, 5)), other((4, 5)))
    unseeded = cls()
    assert torch.equal(unseeded((4, 5)), unseeded((4, 5)))
    assert not torch.equal(unseeded((4, 5)), cls()((4, 5)))
    drawn = cls(seed=random.SeedGenerator(3))
    assert not torch.equal(drawn((4, 5)), drawn((4, 5)))
    assert torch.equal(one.clone()((4, 5)), one((4, 5)))


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (3, 3, 2, 8), (2, 2, 5, 3)])
def test_orthogonal_matrices_are_orthogonal(shape):
    q = initializers.Orthogonal(gain=2.0, seed=1)(shape, dtype="float64").reshape(-1, shape[-1])
    product = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    torch.testing.assert_close(product, 4 * torch.eye(len(product), dtype=torch.float64), atol=1e-5, rtol=1e-5)


def test_distributions_keep_their_bounds():
    uniform = initializers.RandomUniform(-2.0, 3.0, seed=1)((10000,))
    assert uniform.min() >= -2 and uniform.max() < 3 and uniform.mean().item() == pytest.approx(0.5, abs=0.1)
    normal = initializers.RandomNormal(1.0, 2.0, seed=1)((10000,))
    assert normal.mean().item() == pytest.approx(1, abs=0.1) and normal.std().item() == pytest.approx(2, rel=0.05)
    truncated = initializers.TruncatedNormal(1.0, 2.0, seed=1)((10000,))
    assert (truncated - 1).abs().max() <= 4 and truncated.std().item() == pytest.approx(2 * 0.8796, rel=0.05)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("name", [*RANDOM, "Ones", "Zeros", "Constant", "Identity"])
def test_dtypes_are_kept(name, dtype):
    values = getattr(initializers, name)()((3, 3), dtype=dtype)
    assert values.dtype is getattr(torch, dtype) and values.shape == (3, 3)


@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize(
    ("window", "scaling", "periodic"),
    [
        (None, None, False),
        ("hann", "density", False),
        ("hamming", "spectrum", True),
        ("tukey", "density", False),
        ("tukey", None, True),
        ("blackman", None, False),
        ("bartlett", None, True),
        ("nuttall", None, False),
        ("cosine", None, False),
        ("flattop", "density", False),
        (list(range(1, 13)), "spectrum", False),
    ],
)
def test_fourier_kernels_are_those_of_keras(real_keras, side, window, scaling, periodic):
    mine = initializers.STFT(side, window, scaling, periodic)
    theirs = real_keras.initializers.STFT(side, window, scaling, periodic)
    torch.testing.assert_close(mine((12, 1, 9)), theirs((12, 1, 9)).detach().cpu(), atol=1e-5, rtol=1e-5)
    assert mine.get_config() == theirs.get_config()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *((name, {"seed": 3}) for name in RANDOM),
        ("Constant", {"value": 2.5}),
        ("Ones", {}),
        ("Zeros", {}),
        ("STFT", {"side": "imag"}),
        ("VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", "seed": 1}),
        ("RandomUniform", {"minval": 0.0, "maxval": 1.0, "seed": 1}),
    ],
)
def test_configs_are_those_of_keras_and_round_trip(real_keras, name, arguments):
    mine, other = getattr(initializers, name)(**arguments), getattr(real_keras.initializers, name)(**arguments)
    assert mine.get_config() == other.get_config()
    config = initializers.serialize(mine)
    assert config == real_keras.initializers.serialize(other)
    again = initializers.deserialize(config)
    shape = (4, 1, 3) if name == "STFT" else (3, 3)
    assert torch.equal(again(shape), mine(shape))


@pytest.mark.parametrize(
    "name",
    [n for n in dir(initializers) if n.lower() not in ("get", "serialize", "deserialize", "initializer", "constant")],
)
def test_names_mean_the_same_as_in_keras(real_keras, name):
    mine, other = initializers.get(name), real_keras.initializers.get(name)
    assert type(mine).__name__ == type(other).__name__
    assert getattr(initializers, name) is type(mine)


def test_what_keras_cannot_restore():
    # Keras leaves `gain` out of the config, and makes no `Constant` from its name.
    assert torch.equal(
        initializers.deserialize(initializers.serialize(initializers.Identity(2.0)))((1, 1)), torch.full((1, 1), 2.0)
    )
    assert initializers.get("constant").value == 0.0


@pytest.mark.parametrize("name", ["uniform", "normal", "one", "zero"])
def test_short_names_of_older_keras(name):
    # Keras 3 has dropped them; notes for Keras 2 use them.
    assert initializers.get(name)((2, 2)).shape == (2, 2)


def test_arrays_tensors_and_functions():
    array = np.arange(4.0, dtype="float32").reshape(2, 2)
    assert torch.equal(initializers.get(array)((2, 2)), torch.tensor(array))
    with pytest.raises(ValueError, match=r"Expected `shape` to be \(2, 2\) .* shape=\(3,\)"):
        initializers.get(torch.tensor(array))((3,))
    function = torch.ones
    assert initializers.get(function) is function
    assert initializers.get(None) is None
    assert initializers.Constant([1.0, 2.0])((3, 2)).tolist() == [[1.0, 2.0]] * 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.VarianceScaling(scale=-1.0), "scale=-1.0"),
        (lambda: initializers.VarianceScaling(mode="fan"), "fan"),
        (lambda: initializers.VarianceScaling(distribution="cauchy"), "cauchy"),
        (lambda: initializers.VarianceScaling(input_axes=[0]), "go together"),
        (lambda: initializers.VarianceScaling(input_axes=0, output_axes=[1]), "input_axes=0"),
        (lambda: initializers.VarianceScaling(input_axes=[0], output_axes=[5])((2, 3)), r"output_axes=\[5\]"),
        (lambda: initializers.RandomNormal(seed="a"), "seed=a"),
        (lambda: initializers.Orthogonal()((3,)), r"shape=\(3,\)"),
        (lambda: initializers.Identity()((3,)), r"shape=\(3,\)"),
        (lambda: initializers.STFT("imaginary"), "imaginary"),
        (lambda: initializers.STFT(scaling="l2"), "scaling=l2"),
        (lambda: initializers.STFT(window="door"), "door"),
        (lambda: initializers.STFT(window=[1.0])((4, 1, 3)), "frame_length=4"),
        (lambda: initializers.STFT()((4, 3)), r"shape=\(4, 3\)"),
        (lambda: initializers.get("glorot_unifrm"), "Did you mean 'glorot_uniform'"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
