"""A block of a note: what of it is run."""

from __future__ import annotations

import pytest

from torchkeras_compat.notes.block import Block


def test_a_cell_in_another_language_is_not_run() -> None:
    body, last = Block("%%bash\nls -l", 1, "n.ipynb[cell 1]", shows_last_value=True).compile()
    exec(body, {})
    assert last is None


def test_lines_for_ipython_keep_their_place() -> None:
    block = Block("if True:\n    !pip install x\nraise ValueError", 5, "note.md")
    with pytest.raises(ValueError) as raised:
        exec(block.compile()[0], {})
    assert raised.traceback[-1].lineno + 1 == 7


def test_a_remainder_at_the_start_of_a_line_is_python() -> None:
    assert Block("a = (7\n % 4)", 1, "note.md").skipped_lines == []


def test_a_semicolon_hides_the_last_value() -> None:
    assert Block("3;", 1, "n", shows_last_value=True).compile()[1] is None
    assert Block("3", 1, "n", shows_last_value=True).compile()[1] is not None
    assert Block("3", 1, "n").compile()[1] is None
