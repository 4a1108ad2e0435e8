"""Constants, consistent with arrays."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.notes.made_up.constants import constant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_classes", 10),
        ("nb_classes", 10),
        ("NUM_CLASSES", 10),
        ("vocab_size", 1000),
        ("maxlen", 20),
        ("MAX_LEN", 20),
        ("maxLen", 20),
        ("embedding_dim", 32),
        ("batch_size", 32),
        ("epochs", 3),
        ("EPOCHS", 3),
        ("timesteps", 10),
        ("input_dim", 8),
        ("learning_rate", 0.001),
        ("input_shape", (28, 28, 1)),
    ],
)
def test_customary_constants_have_values(name: str, value: object) -> None:
    assert constant(name, {}) == value


@pytest.mark.parametrize("name", ["Dropout", "Embedding", "model", "x_train", "alpha"])
def test_other_names_have_none(name: str) -> None:
    assert constant(name, {}) is None


def test_arrays_of_the_note_decide() -> None:
    namespace = {"X_train": np.arange(12).reshape(3, 4), "y_train": np.array([0, 2, 4])}
    assert constant("num_classes", namespace) == 5
    assert constant("vocab_size", namespace) == 12
    assert constant("maxlen", namespace) == 4
    assert constant("n_features", namespace) == 4
    assert constant("num_classes", {"y_train": np.eye(3)}) == 3
    assert constant("timesteps", {"x_train": np.zeros((5, 6, 7))}) == 6
    assert constant("input_shape", {"x_train": np.zeros((5, 6, 7))}) == (6, 7)
