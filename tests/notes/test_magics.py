"""Lines for IPython, as Python."""

from __future__ import annotations

import ast

import pytest

from torchkeras_compat.notes.magics import has_magic, without_magics


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("%time f()", "f()"),
        ("%timeit -n 10 -r3 f()", "f()"),
        ("x = %time f()", "x = f()"),
        ("files = !ls *.py", "files = get_ipython().getoutput('ls *.py')"),
        ("a, b = !pip install x", "a, b = []"),
        ("keras.layers.Dense?", "get_ipython().show_help('keras.layers.Dense')"),
        ("?len", "get_ipython().show_help('len')"),
        ("%env A=1", "get_ipython().set_variable('A', '1')"),
        ("%run helper.py 3", "get_ipython().run_file('helper.py 3', globals())"),
        ("    !mkdir x", "    pass"),
        ("%matplotlib inline", "pass"),
        ("if x % 3:", "if x % 3:"),
        ("x = 'what?'", "x = 'what?'"),
        ("a != b", "a != b"),
    ],
)
def test_a_line_becomes_python(line: str, python: str) -> None:
    assert without_magics(line)[0] == python


def test_what_is_left_out_is_said_with_its_line() -> None:
    _, notices = without_magics("x = 1\n%matplotlib inline\n!ls")
    assert notices == [
        (1, "left out, for IPython only: %matplotlib inline"),
        (2, "left out, a command for a shell: !ls"),
    ]


def test_a_timed_cell_runs_its_python() -> None:
    assert without_magics("%%time\nx = 1") == ("\nx = 1", [])


def test_a_cell_that_writes_a_file_is_one_call() -> None:
    code, _ = without_magics("%%writefile a.py\nx = 1\ny = 2")
    (call,) = ast.parse(code).body
    assert ast.unparse(call) == "get_ipython().write_file('a.py', 'x = 1\\ny = 2\\n', append=False)"
    assert code.count("\n") == 2


def test_python_has_no_magic() -> None:
    assert not has_magic("a = 1\nb = a % 2\nassert a != b")
