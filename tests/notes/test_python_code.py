"""The Python of a block: in which order slips are looked for."""

from __future__ import annotations

from torchkeras_compat.notes.brackets import is_python
from torchkeras_compat.notes.python_code import python_code


def test_python_is_not_touched() -> None:
    text = "x = '“quoted”'\nEpoch = 1\n"
    assert python_code(text).code is text


def test_indentation_that_all_lines_share_is_taken_off() -> None:
    assert python_code("    x = 1\n    y = 2").code == "x = 1\ny = 2"


def test_scripts_are_not_repaired() -> None:
    assert python_code("x = “a”", repairs=False).code == "x = “a”"
    assert python_code("!ls", repairs=False).code == "pass"


def test_notices_come_in_the_order_of_lines() -> None:
    code = python_code("pip install keras\n!ls\nx = “a”")
    assert [line for line, _ in code.notices] == [0, 1, 2]
    assert is_python(code.code)


def test_null_bytes_are_not_python() -> None:
    assert not is_python("a\0b")
