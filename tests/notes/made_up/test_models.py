"""A model to show a call on, and the last history."""

from __future__ import annotations

import ast

import numpy as np

from torchkeras_compat.layers import Dense
from torchkeras_compat.models import Sequential
from torchkeras_compat.notes.late_names import MISSING
from torchkeras_compat.notes.made_up.forecast import Forecast
from torchkeras_compat.notes.made_up.models import is_name_of_history, last_history, made_up_model


def made(code: str) -> Sequential:
    tree = ast.parse(code)
    found = Forecast(tree.body, lambda node: node.value if isinstance(node, ast.Constant) else MISSING)
    return made_up_model(found, [tree.body[0], tree.body[0].value], Sequential, Dense)  # type: ignore[attr-defined]


def test_the_output_fits_the_loss() -> None:
    assert made("model.compile('sgd', 'binary_crossentropy')").output_shape == (None, 1)
    assert made("model.compile('sgd', 'categorical_crossentropy')").output_shape == (None, 3)
    assert made("model.add(Dense(3))").layers == []


def test_the_history_is_that_of_the_last_model_that_was_trained() -> None:
    first, second, third = (Sequential([Dense(1)]) for _ in range(3))
    for model in (first, second):
        model.compile("sgd", "mse")
        model.fit(np.zeros((2, 2)), np.zeros(2), verbose=0)
    assert last_history({"a": first, "b": second, "c": third}) is second.history
    assert last_history({"c": third, "x": 3}) is None


def test_names_of_histories() -> None:
    assert is_name_of_history("history") and is_name_of_history("hist")
    assert not is_name_of_history("model")
