"""Merging layers beside real Keras: values, gradients, masks, shapes."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, layers

ELEMENTWISE = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]
CASES: list[tuple[str, dict[str, Any], list[tuple[int, ...]]]] = [
    *((name, {}, [(2, 3, 4), (2, 3, 4)]) for name in ELEMENTWISE),
    *((name, {}, [(2, 3, 4), (2, 1, 4)]) for name in ELEMENTWISE),
    *((name, {}, [(2, 4), (2, 3, 4)]) for name in ELEMENTWISE),
    *((name, {}, [(2, 4), (2, 4), (2, 4)]) for name in ELEMENTWISE if name != "Subtract"),
    ("Concatenate", {}, [(2, 3, 4), (2, 3, 2)]),
    ("Concatenate", {"axis": 1}, [(2, 3, 4), (2, 5, 4), (2, 1, 4)]),
    ("Dot", {"axes": 1}, [(2, 3), (2, 3)]),
    ("Dot", {"axes": -1, "normalize": True}, [(2, 3), (2, 3)]),
    ("Dot", {"axes": (1, 2)}, [(2, 3, 4), (2, 5, 3)]),
    ("Dot", {"axes": (2, 1)}, [(2, 3, 4), (2, 4)]),
]


@pytest.mark.parametrize(("name", "arguments", "shapes"), CASES)
def test_outputs_gradients_and_shapes_are_those_of_keras(
    name: str, arguments: dict[str, Any], shapes: list[tuple[int, ...]], real_keras: ModuleType
) -> None:
    arrays = [np.random.RandomState(i).normal(size=s).astype("float32") for i, s in enumerate(shapes)]
    mine, others = ([torch.tensor(a, requires_grad=True) for a in arrays] for _ in range(2))
    layer, theirs = getattr(layers, name)(**arguments), getattr(real_keras.layers, name)(**arguments)
    found, expected = layer(mine), theirs(others)
    torch.testing.assert_close(found, expected)
    found.square().sum().backward()
    expected.square().sum().backward()
    for a, b in zip(mine, others, strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-4, atol=1e-5)
    assert tuple(layer.compute_output_shape(shapes)) == tuple(found.shape)
    inputs = [Input(s[1:]) for s in shapes]
    outputs = layer(inputs)
    assert outputs.shape == (None, *found.shape[1:])
    torch.testing.assert_close(Model(inputs, outputs)(mine), found)
    again = type(layer).from_config(layer.get_config())
    torch.testing.assert_close(again(mine), found)
    function = getattr(layers, name.lower())
    torch.testing.assert_close(function(mine, **arguments), found)


def masked(values: list[float], mask: list[int] | None) -> torch.Tensor:
    x = torch.tensor(values).reshape(1, -1, 1)
    if mask is not None:
        x._keras_mask = torch.tensor(mask, dtype=torch.bool)[None]
    return x


@pytest.mark.parametrize("name", [*ELEMENTWISE, "Concatenate", "Concatenate1"])
@pytest.mark.parametrize("second", [[1, 0, 1, 0], None])
def test_masks_are_those_of_keras(name: str, second: list[int] | None, real_keras: ModuleType) -> None:
    found = []
    for keras in (layers, real_keras.layers):
        layer = keras.Concatenate(axis=1) if name == "Concatenate1" else getattr(keras, name)()
        output = layer([masked([2.0, 3.0, 5.0, 7.0], [1, 1, 0, 0]), masked([11.0, 13.0, 17.0, 19.0], second)])
        found.append((output.detach(), getattr(output, "_keras_mask", None)))
    (values, mask), (expected, expected_mask) = found
    torch.testing.assert_close(values, expected)
    assert (mask is None) == (expected_mask is None)
    if mask is not None:
        assert mask.tolist() == expected_mask.tolist()


def test_masks_pass_through_a_functional_model(real_keras: ModuleType) -> None:
    results = []
    for keras in (None, real_keras):
        space = layers if keras is None else keras.layers
        a, b = space.Input((4,), dtype="int32"), space.Input((4,), dtype="int32")
        embed = space.Embedding(6, 3, mask_zero=True)
        outputs = space.GlobalAveragePooling1D()(space.Maximum()([embed(a), embed(b)]))
        model = (Model if keras is None else keras.Model)([a, b], outputs)
        model.set_weights([np.arange(18, dtype="float32").reshape(6, 3) % 7])
        x = [np.array([[1, 2, 0, 0]]), np.array([[3, 0, 4, 0]])]
        results.append(np.asarray(model.predict(x, verbose=0)))
    np.testing.assert_allclose(*results, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs", "error", "message"),
    [
        ("Add", {}, [(2, 3), (2, 4)], ValueError, r"\(2, 3\), \(2, 4\)"),
        ("Subtract", {}, [(2, 3)] * 3, ValueError, "2 inputs"),
        ("Concatenate", {}, [(2, 3), (2, 4, 5)], ValueError, "matching shapes"),
        ("Concatenate", {"axis": 1}, [(2, 3, 4), (2, 3, 5)], ValueError, "matching shapes"),
        ("Dot", {"axes": 1}, [(2, 3), (2, 4)], ValueError, "axis values 3.*4"),
        ("Dot", {"axes": 0}, [(2, 3), (2, 3)], ValueError, "batch"),
        ("Dot", {"axes": 1}, [(2, 3)] * 3, ValueError, "2 inputs"),
        ("Dot", {"axes": "x"}, [(2, 3)] * 2, TypeError, "axes"),
        ("Dot", {"axes": (1, 2, 3)}, [(2, 3)] * 2, ValueError, "axes"),
    ],
)
def test_what_does_not_fit_is_refused(
    name: str, arguments: dict[str, Any], inputs: list[tuple[int, ...]], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        getattr(layers, name)(**arguments)([torch.zeros(s) for s in inputs])


@pytest.mark.parametrize("name", [*ELEMENTWISE, "Concatenate"])
def test_a_single_tensor_is_not_a_list(name: str) -> None:
    with pytest.raises(ValueError, match=r"list.*\(2, 3\)"):
        getattr(layers, name)()(torch.zeros(2, 3))
