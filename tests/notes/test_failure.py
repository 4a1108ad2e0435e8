"""Where a block failed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.failure import Failure, failure


def failed(code: str, source: str = "note.md") -> Failure:
    block = Block(code, 10, source)
    with pytest.raises(Exception) as info:
        exec(compile(block.tree, source, "exec"), {})
    return failure(block, info.value)


def test_the_line_is_that_of_the_innermost_function_of_the_note() -> None:
    found = failed("def f():\n    return 1 / 0\nf()")
    assert (found.line, found.code) == (11, "    return 1 / 0")
    assert str(found) == "note.md, line 11: ZeroDivisionError: division by zero\n\n    11 | return 1 / 0"


def test_the_line_of_a_call_is_that_of_the_argument_that_the_error_names() -> None:
    code = "from torchkeras_compat.layers import Dense\nlayer = Dense(\n    3,\n    activation='rleu',\n)"
    assert failed(code).line == 13
    code = "from torchkeras_compat.layers import Dense\nlayer = Dense(\n    3,\n    kernel_initializer='he',\n)"
    assert failed(code).line == 13


def test_a_module_of_the_user_is_named_with_the_line_that_called_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "helper_of_a_note.py").write_text("def f():\n    return {}['a']\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = failed("import helper_of_a_note\n\nhelper_of_a_note.f()")
    sys.modules.pop("helper_of_a_note", None)
    assert (Path(found.source).name, found.line, found.code.strip()) == ("helper_of_a_note.py", 2, "return {}['a']")
    assert found.called_from == "note.md, line 12"
    assert "Called from note.md, line 12." in str(found)
