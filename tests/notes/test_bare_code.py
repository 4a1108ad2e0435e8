"""Code without a language, and what only looks like it."""

from __future__ import annotations

import pytest

from torchkeras_compat.notes.bare_code import is_code, mentions_keras


@pytest.mark.parametrize(
    "text", ["import numpy as np", "x = 1", "model.fit(x, y)", "for i in range(3): print(i)", "def f(): pass"]
)
def test_what_does_something_is_code(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize(
    "text",
    ["", "(60000, 28, 28)", "{'loss': [0.1]}", "array([[0.9]], dtype=float32)", "Epoch 1/5", "loss: 0.2", "Some words"],
)
def test_outputs_and_sentences_are_not(text: str) -> None:
    assert not is_code(text)


def test_keras_is_recognised_by_its_words() -> None:
    assert mentions_keras("model.compile('adam')")
    assert mentions_keras("Dense(3)")
    assert not mentions_keras("a dense text; models are nice")
