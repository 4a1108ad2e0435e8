"""Initializers by the names of Keras 1; the distributions are those of its documentation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import initializers, layers
from torchkeras_compat.errors import UnknownNameError
from torchkeras_compat.legacy.initializers import keras1
from torchkeras_compat.variables import Variable


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("uniform", 0.05),
        ("lecun_uniform", np.sqrt(3 / 300)),
        ("glorot_uniform", np.sqrt(6 / 500)),
        ("he_uniform", np.sqrt(6 / 300)),
    ],
)
def test_uniform_distributions(name: str, limit: float) -> None:
    for values in (keras1.get(name)((300, 200)), getattr(keras1, name)((300, 200)).value):
        assert limit * 0.99 < values.abs().max().item() <= limit


@pytest.mark.parametrize(
    ("name", "stddev"), [("normal", 0.05), ("glorot_normal", np.sqrt(2 / 500)), ("he_normal", np.sqrt(2 / 300))]
)
def test_normal_distributions_are_not_cut(name: str, stddev: float) -> None:
    values = keras1.get(name)((300, 200))
    assert values.std().item() == pytest.approx(stddev, rel=0.03)
    assert values.abs().max().item() > 3 * stddev
    assert getattr(keras1, name)((300, 200)).value.std().item() == pytest.approx(stddev, rel=0.03)


def test_matrices_and_constants() -> None:
    q = keras1.get("orthogonal")((4, 4))
    torch.testing.assert_close(q @ q.T, torch.eye(4) * 1.1**2, rtol=1e-4, atol=1e-5)
    q = keras1.orthogonal((4, 4), scale=2.0).value
    torch.testing.assert_close(q @ q.T, torch.eye(4) * 4, rtol=1e-4, atol=1e-5)
    assert keras1.identity((2, 2), scale=3).numpy().tolist() == [[3.0, 0.0], [0.0, 3.0]]
    assert keras1.zero((2,)).numpy().tolist() == [0.0, 0.0] and keras1.one((2,)).numpy().tolist() == [1.0, 1.0]


def test_functions_give_named_variables_of_a_scale() -> None:
    variable = keras1.uniform((100, 10), scale=0.2, name="mine")
    assert isinstance(variable, Variable) and variable.name == "mine"
    assert 0.19 < variable.value.abs().max().item() <= 0.2
    assert keras1.normal((300, 200), 0.5).value.std().item() == pytest.approx(0.5, rel=0.03)


def test_the_channels_of_a_kernel() -> None:
    first = keras1.he_uniform((8, 50, 3, 3), dim_ordering="th").value.abs().max().item()
    last = keras1.he_uniform((3, 3, 50, 8), dim_ordering="tf").value.abs().max().item()
    assert first == pytest.approx(np.sqrt(6 / 450), rel=0.02) and last == pytest.approx(np.sqrt(6 / 450), rel=0.02)


def test_dictionaries_with_a_scale() -> None:
    assert keras1.get({"name": "uniform", "scale": 0.2}).maxval == 0.2
    assert keras1.get({"name": "normal", "scale": 0.2}).stddev == 0.2
    assert keras1.get({"name": "orthogonal", "scale": 0.2}).gain == 0.2
    assert keras1.get({"name": "identity", "scale": 0.2}).gain == 0.2
    assert isinstance(keras1.get({"name": "zero"}), initializers.Zeros)


def test_functions_and_objects_of_others() -> None:
    def mine(shape: Any, name: Any = None) -> Any:
        return keras1.normal(shape, scale=0.01, name=name)

    layer = layers.Dense(200, kernel_initializer=keras1.get(mine))
    layer.build((None, 300))
    assert np.std(layer.get_weights()[0]) == pytest.approx(0.01, rel=0.03)

    def newer(shape: Any, dtype: Any = None) -> Any:
        return torch.ones(shape)

    assert keras1.get(newer) is newer
    assert keras1.get(keras1.orthogonal).gain == 1.1
    assert isinstance(keras1.get("random_normal"), initializers.RandomNormal)
    given = initializers.Ones()
    assert keras1.get(given) is given


def test_what_is_not_known() -> None:
    with pytest.raises(UnknownNameError, match=r"'glorot_norml'.*glorot_normal.*Keras 1 has: uniform"):
        keras1.get("glorot_norml")
    with pytest.raises(ValueError, match="dim_ordering='channels_first'"):
        keras1.uniform((2,), dim_ordering="channels_first")
    with pytest.raises(ValueError, match=r"square matrix.*\(2, 3\)"):
        keras1.identity((2, 3))
    with pytest.raises(ValueError, match="'zero' has no `scale`"):
        keras1.get({"name": "zero", "scale": 2.0})
    with pytest.raises(ValueError, match=r"\['seed'\]"):
        keras1.get({"name": "normal", "seed": 2})


def test_functions_by_name() -> None:
    assert keras1.get_function("orthogonal") is keras1.orthogonal
    assert keras1.get_function({"name": "uniform", "scale": 0.2})((100, 10)).value.abs().max().item() > 0.15
    assert keras1.get_function("he_uniform", dim_ordering="tf")((3, 3, 2, 4)).shape == (3, 3, 2, 4)
    assert keras1.get_function(initializers.Ones())((2,), name="a").name == "a"

    def mine(shape: Any, name: Any = None) -> Any:
        return keras1.one(shape, name=name)

    assert keras1.get_function(mine) is mine
    with pytest.raises(UnknownNameError, match="'orthogonl'"):
        keras1.get_function("orthogonl")
