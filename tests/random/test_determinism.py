"""Deterministic operations: two runs with the same bits, and a report of what is not so."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.random.determinism import deterministic_operations

X = np.random.RandomState(0).normal(size=(16, 3)).astype("float32")


class Putting(layers.Layer):
    """Runs an operation that has no deterministic implementation."""

    def call(self, inputs):
        return inputs + torch.zeros_like(inputs).put_(torch.tensor([0, 1]), torch.ones(2))


def trained(*more):
    with deterministic_operations(seed=3) as report:
        model = ours.Sequential(
            [ours.Input((3,)), layers.Dense(4, "relu"), layers.Dropout(0.5), *more, layers.Dense(1)]
        )
        model.compile("adam", "mse")
        model.fit(X, X[:, :1], batch_size=4, epochs=2, verbose=0)
    return model.get_weights(), report


def test_two_runs_have_the_same_bits():
    (first, report), (second, _) = trained(), trained()
    assert report.is_deterministic
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_not_deterministic_is_reported():
    _, report = trained(Putting())
    assert report.operations == ["put_"] and not report.is_deterministic


def test_strict_stops_at_the_operation():
    with pytest.raises(RuntimeError, match="put_ does not have a deterministic implementation"):
        with deterministic_operations(strict=True):
            Putting()(torch.ones(2, 2))


def test_switches_and_warnings_are_as_before():
    assert not torch.are_deterministic_algorithms_enabled()
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        with deterministic_operations():
            assert torch.are_deterministic_algorithms_enabled()
            warnings.warn("something else", stacklevel=1)
            Putting()(torch.ones(2, 2))
    assert [str(w.message) for w in found] == ["something else"]
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_bad_seed_is_refused():
    with pytest.raises(ValueError, match="seed=-1"), deterministic_operations(seed=-1):
        pass
