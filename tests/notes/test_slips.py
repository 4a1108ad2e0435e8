"""Slips of published code, repaired with a notice or left out."""

from __future__ import annotations

import time

import pytest

from torchkeras_compat.notes.slips import repaired


@pytest.mark.parametrize(
    ("text", "python", "notice"),
    [
        ("x = “a”", 'x = "a"', "typographic quotes"),
        ("x = ‘a’", "x = 'a'", "typographic quotes"),
        ("x\u00a0=\u00a01 +", "x = 1 +", "non-breaking spaces"),
        ("x\u200b = 1", "x = 1", "invisible characters"),
        ("x = 3 – 2", "x = 3 - 2", "typographic characters"),
        ("$ pip install keras", "pass", "left out, a command for a shell: $ pip install keras"),
        ("pip3 install -U keras", "pass", "left out, a command for a shell"),
        ("python train.py --epochs 3", "pass", "left out, a command for a shell"),
        ("Epoch 1/5", "pass", "left out, an output"),
        ("Train on 100 samples, validate on 20 samples", "pass", "left out, an output"),
        ("print 'a', b", "print('a', b)", "print statement of Python 2"),
        ('print "a: %s" % x', 'print("a: %s" % x)', "print statement of Python 2"),
        ("print x,", "print(x, end=' ')", "print statement of Python 2"),
        ("model.fit(x, epochs=2, ...)", "model.fit(x, epochs=2)", "left out `...`"),
        ("m = Sequential([\n    ...\n    Dense(3)])", "m = Sequential([\n\n    Dense(3)])", "left out `...`"),
        ("Dense(units, *, activation=None, **kwargs, x)", "pass", "it shows a signature"),
    ],
)
def test_a_slip_is_repaired_with_a_notice(text: str, python: str, notice: str) -> None:
    code, notices = repaired(text)
    assert code == python
    assert notice in notices[0][1]


def test_lines_around_stay_as_they_are() -> None:
    text = "if a:\n    print 'b'\nelse:\n    c = [1,\n         2]\nEpoch 1/2\n"
    assert repaired(text)[0] == "if a:\n    print('b')\nelse:\n    c = [1,\n         2]\npass\n"


def test_what_is_only_wrong_stays_wrong() -> None:
    assert repaired("x = = 1") == ("x = = 1", [])


def test_a_long_line_is_read_in_little_time() -> None:
    begin = time.perf_counter()
    repaired("print a" + " " * 50_000 + "b")
    assert time.perf_counter() - begin < 5


def test_print_statements_of_python_2_in_scripts_are_calls() -> None:
    from torchkeras_compat.notes.python_code import python_code

    text = "x = 1\nif x:\n    print 'a %d' % x,\n    print\nprint (x), 2\n"
    found = python_code(text, repairs=False)
    assert found.code == "x = 1\nif x:\n    print('a %d' % x, end=' ')\n    print\nprint (x), 2\n"
    assert [number for number, _ in found.notices] == [2]
    assert python_code("print 'a'\nx = = 1", repairs=False).code == "print 'a'\nx = = 1"
