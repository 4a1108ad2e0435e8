"""Penalties and their gradients, beside real Keras."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import regularizers

CASES = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L2", {}),
    ("L2", {"l2": 0.3}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.1, "l2": 0.2}),
    ("L1L2", {"l2": 0.2}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_penalties_and_gradients_are_those_of_keras(real_keras, name, arguments):
    x = torch.randn(4, 3)
    results = []
    for space in (regularizers, real_keras.regularizers):
        w = x.clone().requires_grad_()
        penalty = getattr(space, name)(**arguments)(w)
        if penalty.requires_grad:
            penalty.backward()
        results.append((penalty.detach(), w.grad if w.grad is not None else torch.zeros_like(w)))
    assert results[0][0].shape == ()
    for mine, other in zip(*results, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_configs_are_those_of_keras_and_round_trip(real_keras, name, arguments):
    mine, other = getattr(regularizers, name)(**arguments), getattr(real_keras.regularizers, name)(**arguments)
    assert mine.get_config() == pytest.approx(other.get_config())
    assert regularizers.serialize(mine)["class_name"] == real_keras.regularizers.serialize(other)["class_name"]
    again = regularizers.deserialize(regularizers.serialize(mine))
    assert type(again) is type(mine) and again.get_config() == mine.get_config()


def test_dtype_and_device_are_those_of_the_weight():
    for cls in (regularizers.L1, regularizers.L2, regularizers.L1L2, regularizers.Regularizer):
        assert cls()(torch.ones(2, dtype=torch.float64)).dtype is torch.float64


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: regularizers.L1(-1.0), "l1=-1.0"),
        (lambda: regularizers.L2("a"), "l2=a"),
        (lambda: regularizers.L1L2(l2=float("nan")), "l2=nan"),
        (lambda: regularizers.L1L2(l1=float("inf")), "l1=inf"),
        (lambda: regularizers.OrthogonalRegularizer(mode="diagonal"), "mode=diagonal"),
        (lambda: regularizers.OrthogonalRegularizer()(torch.ones(3)), r"\(3,\)"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
