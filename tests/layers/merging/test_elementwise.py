"""`Add`, `Subtract`, `Multiply`, `Average`, `Maximum`, `Minimum`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.layers.merging.checks import ELEMENTWISE, check_against_keras, check_masks, check_refused
from torchkeras_compat import Model, layers

CASES: list[tuple[str, dict[str, Any], list[tuple[int, ...]]]] = [
    *((name, {}, [(2, 3, 4), (2, 3, 4)]) for name in ELEMENTWISE),
    *((name, {}, [(2, 3, 4), (2, 1, 4)]) for name in ELEMENTWISE),
    *((name, {}, [(2, 4), (2, 3, 4)]) for name in ELEMENTWISE),
    *((name, {}, [(2, 4), (2, 4), (2, 4)]) for name in ELEMENTWISE if name != "Subtract"),
]


@pytest.mark.parametrize(("name", "arguments", "shapes"), CASES)
def test_outputs_gradients_and_shapes_are_those_of_keras(
    name: str, arguments: dict[str, Any], shapes: list[tuple[int, ...]], real_keras: ModuleType
) -> None:
    check_against_keras(name, arguments, shapes, real_keras)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("second", [[1, 0, 1, 0], None])
def test_masks_are_those_of_keras(name: str, second: list[int] | None, real_keras: ModuleType) -> None:
    check_masks(name, {}, second, real_keras)


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
    ],
)
def test_what_does_not_fit_is_refused(
    name: str, arguments: dict[str, Any], inputs: list[tuple[int, ...]], error: type[Exception], message: str
) -> None:
    check_refused(name, arguments, inputs, error, message)
