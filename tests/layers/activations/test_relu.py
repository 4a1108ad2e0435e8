"""`ReLU`, `LeakyReLU` and `ELU` as layers."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from tests.layers.activations.checks import check_against_keras, check_mixed_precision
from torchkeras_compat import layers

CASES: list[tuple[str, dict[str, Any]]] = [
    ("ReLU", {}),
    ("ReLU", {"max_value": 6}),
    ("ReLU", {"max_value": 0.8}),
    ("ReLU", {"negative_slope": 0.2}),
    ("ReLU", {"threshold": 0.5}),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.2, "threshold": 0.3}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.1}),
    ("ELU", {}),
    ("ELU", {"alpha": 0.5}),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_outputs_gradients_and_configs_are_those_of_keras(
    name: str, arguments: dict[str, Any], real_keras: ModuleType
) -> None:
    check_against_keras(name, arguments, real_keras)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_mixed_precision_computes_in_the_compute_dtype(
    name: str, arguments: dict[str, Any], real_keras: ModuleType
) -> None:
    check_mixed_precision(name, arguments, real_keras)


@pytest.mark.parametrize(
    ("layer", "module"),
    [
        (lambda: layers.ReLU(), nn.ReLU),
        (lambda: layers.ReLU(6), nn.ReLU6),
        (lambda: layers.ReLU(0.5), nn.Hardtanh),
        (lambda: layers.ReLU(negative_slope=0.1), nn.LeakyReLU),
        (lambda: layers.ReLU(threshold=0.1), nn.Threshold),
        (lambda: layers.LeakyReLU(), nn.LeakyReLU),
        (lambda: layers.ELU(), nn.ELU),
    ],
)
def test_it_computes_through_the_torch_module(layer: Any, module: type[nn.Module]) -> None:
    made = layer()
    runs: list[int] = []
    assert type(made.activation) is module
    made.activation.register_forward_hook(lambda *args: runs.append(1))
    made(torch.zeros(2, 3))
    assert runs == [1]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ReLU", {"max_value": -1.0}),
        ("ReLU", {"negative_slope": -1.0}),
        ("ReLU", {"threshold": -1.0}),
        ("ReLU", {"negative_slope": None}),
        ("LeakyReLU", {"negative_slope": -1.0}),
    ],
)
def test_bad_arguments_are_refused(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        getattr(layers, name)(**arguments)


@pytest.mark.parametrize(
    "kind, name, value, refused",
    [
        ("ReLU", "max_value", 0.5, -1),
        ("ReLU", "negative_slope", 0.2, None),
        ("ReLU", "threshold", 0.3, -1.0),
        ("LeakyReLU", "negative_slope", 0.7, -1.0),
        ("ELU", "alpha", 0.5, None),
    ],
)
def test_an_argument_that_is_assigned_counts(kind: str, name: str, value: Any, refused: Any) -> None:
    layer = getattr(layers, kind)()
    x = torch.tensor([-1.0, 0.2, 3.0])
    layer(x)
    setattr(layer, name, value)
    assert torch.equal(layer(x), getattr(layers, kind)(**{name: value})(x))
    if kind != "ELU":
        with pytest.raises(ValueError, match=name):
            setattr(layer, name, refused)
        assert getattr(layer, name) == value
