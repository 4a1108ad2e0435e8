"""A block of a note: its tree, its lines, what was left out of it."""

from __future__ import annotations

import pytest

from torchkeras_compat.notes.block import Block


def test_a_cell_in_another_language_is_not_run() -> None:
    block = Block("%%bash\nls -l", 1, "n.ipynb[cell 1]", shows_last_value=True)
    assert block.tree.body == []
    assert block.notices == ["n.ipynb[cell 1], line 1: left out, a cell for %%bash"]


def test_lines_for_ipython_keep_their_place() -> None:
    block = Block("if True:\n    !pip install x\nraise ValueError", 5, "note.md")
    assert [statement.lineno for statement in block.tree.body] == [5, 7]
    with pytest.raises(ValueError) as raised:
        exec(compile(block.tree, block.source, "exec"), {})
    assert raised.traceback[-1].lineno + 1 == 7


def test_a_remainder_at_the_start_of_a_line_is_python() -> None:
    assert Block("a = (7\n % 4)", 1, "note.md").notices == []


def test_a_semicolon_hides_the_last_value() -> None:
    assert Block("3;", 1, "n").hides_last_value
    assert not Block("3", 1, "n").hides_last_value


def test_names_are_those_that_the_code_mentions() -> None:
    assert Block("a = f(b)", 1, "n").names == {"a", "f", "b"}
    assert Block("a = = b", 1, "n").names == frozenset()


def test_a_syntax_error_has_the_line_of_the_note() -> None:
    with pytest.raises(SyntaxError) as raised:
        Block("a = 1\nx = = 1", 10, "note.md").tree  # noqa: B018
    assert (raised.value.filename, raised.value.lineno) == ("note.md", 11)
