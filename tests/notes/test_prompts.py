"""Sessions with prompts."""

from __future__ import annotations

from torchkeras_compat.notes.prompts import has_prompts, without_prompts


def test_outputs_are_left_out_and_lines_keep_their_place() -> None:
    assert (
        without_prompts(">>> a\n1\n>>> for i in range(2):\n...     print(i)") == "a\n\nfor i in range(2):\n    print(i)"
    )


def test_a_prompt_needs_no_blank_behind_it() -> None:
    assert without_prompts(">>>x = 1") == "x = 1"


def test_open_brackets_go_on_without_prompts() -> None:
    text = ">>> model.fit(x,\n              epochs=2,\n              batch_size=3)\n<History>\n>>> y"
    assert without_prompts(text) == "model.fit(x,\n              epochs=2,\n              batch_size=3)\n\ny"


def test_prompts_of_ipython_are_prompts() -> None:
    text = "In [1]: x = [1,\n   ...:      2]\nOut[1]: 3\nIn [2]: x"
    assert has_prompts(text)
    assert without_prompts(text) == "x = [1,\n     2]\n\nx"


def test_comments_may_come_first() -> None:
    assert has_prompts("# a session\n\n>>> x")
    assert not has_prompts("x = '>>>'")
