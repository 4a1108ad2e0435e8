"""Values of TensorFlow 2.15.1 for calls of `tf.nn`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.tensor import Tensor

EXPECTED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "numbers_of_tensorflow.json").read_text())


def arr(*shape: int) -> np.ndarray:
    """Return the numbers from which the expected values were computed."""
    return (np.arange(np.prod(shape)).reshape(shape) * 7 % 11 - 5).astype("float32") / 4


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test one call of its subject after the other."""
    if "expression" in metafunc.fixturenames:
        subject = Path(metafunc.module.__file__).stem.removeprefix("test_")
        metafunc.parametrize("expression", EXPECTED[subject])


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Callable[[ModuleType, str], None]:
    """Return what compares one call with TensorFlow's values."""
    subject = Path(str(request.path)).stem.removeprefix("test_")

    def compare(module: ModuleType, expression: str) -> None:
        found = eval(expression, {"nn": module, "arr": arr})
        results = list(found) if isinstance(found, tuple) else [found]
        for result, expected in zip(results, EXPECTED[subject][expression], strict=True):
            assert type(result) is Tensor
            assert result.shape.as_list() == expected["shape"]
            assert result.dtype == expected["dtype"]
            np.testing.assert_allclose(result.numpy().ravel(), expected["values"], rtol=2e-5, atol=2e-6)

    return compare
