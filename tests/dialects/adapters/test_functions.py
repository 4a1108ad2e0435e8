"""Losses and metrics by the names of each older Keras."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.dialects.adapters.functions import FUNCTIONS_OF, function_of
from torchkeras_compat.public_names import named


def test_every_function_is_there() -> None:
    for kinds in FUNCTIONS_OF.values():
        for names in kinds.values():
            assert all(callable(named(path)) for path in names.values())


@pytest.mark.parametrize(
    ("dialect", "kind", "expected"),
    [
        ("keras1", "losses", -0.25),
        ("keras1", "metrics", -0.25),
        ("keras2", "losses", -1.0),
        ("keras2", "metrics", 1.0),
    ],
)
def test_the_sign_and_size_of_cosine_proximity(dialect: str, kind: str, expected: float) -> None:
    path = function_of(dialect, kind, "cosine_proximity")
    x = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert named(str(path))(x, 2 * x).item() == pytest.approx(expected)


def test_others_mean_what_they_do_today() -> None:
    assert function_of("keras3", "losses", "cosine_proximity") is None
    assert function_of("keras1", "losses", "mse") is None
