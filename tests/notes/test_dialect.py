"""The dialect of a note."""

from __future__ import annotations

from pathlib import Path

from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.dialect import chosen_dialect
from torchkeras_compat.notes.note import Note


def test_what_the_user_asks_for_is_taken() -> None:
    note = Note(Path("n.md"), "markdown", [])
    assert chosen_dialect(note, "keras1", print) == "keras1"


def test_it_is_found_in_all_blocks_and_said_in_one_line() -> None:
    said: list[str] = []
    blocks = [Block("from keras.layers import Dense", 1, "n.md"), Block("Dense(output_dim=3)", 5, "n.md")]
    assert chosen_dialect(Note(Path("n.md"), "markdown", blocks), None, said.append) == "keras1"
    assert len(said) == 1 and said[0].startswith("the code is read as Keras 1 (it uses `Dense(output_dim=)`)")


def test_without_a_sign_of_an_older_keras_calls_of_any_are_understood() -> None:
    blocks = [Block("import keras", 1, "n.md")]
    assert chosen_dialect(Note(Path("n.md"), "markdown", blocks), None, print) == "mixed"
