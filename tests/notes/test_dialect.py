"""The dialect of a note."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchkeras_compat.dialects.dialect import MIXED
from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.dialect import chosen_dialect
from torchkeras_compat.notes.note import Note


def note(code: str) -> Note:
    return Note(Path("n.md"), "markdown", [Block(code, 1, "n.md")])


@pytest.mark.parametrize(
    ("code", "dialect"),
    [
        ("from keras.layers import Dense\nDense(output_dim=3, init='uniform')\nprint 'Python 2'", "keras1"),
        ("from tensorflow import keras\nkeras.layers.Dense(3)", "tf.keras"),
    ],
)
def test_an_older_keras_is_found_from_the_code_and_said(code: str, dialect: str) -> None:
    said: list[str] = []
    assert chosen_dialect(note(code), None, said.append) == dialect
    (sentence,) = said
    assert sentence.startswith("n.md: the code is read as ") and "`--dialect` says otherwise" in sentence


def test_nothing_is_said_of_keras_3_and_of_what_the_user_asks_for() -> None:
    said: list[str] = []
    assert chosen_dialect(note("import keras\nkeras.layers.Dense(3)"), None, said.append) == MIXED.name
    assert chosen_dialect(note("Dense(output_dim=3)"), "keras2", said.append) == "keras2"
    assert said == []
