"""The language of a fence."""

from __future__ import annotations

import pytest

from torchkeras_compat.notes.fences import is_directive, language

PYTHON = [
    "python",
    "Python",
    "python3",
    "python3.8",
    "python=",
    "python=1",
    "py",
    "py3",
    "ipython3",
    "pycon",
    "python-repl",
    "{python}",
    "{.python}",
    "{.python .numberLines}",
    "{python, echo=TRUE}",
    'py linenums="1"',
    "py {linenos=table,hl_lines=[1]}",
    "python:train.py",
    "python {.line-numbers}",
    "{code-cell}",
    "{code-cell} ipython3",
    "{code-block} python",
    "{jupyter-execute}",
]


@pytest.mark.parametrize("info", PYTHON)
def test_python_has_many_names(info: str) -> None:
    assert language(info) == "python"


@pytest.mark.parametrize(
    ("info", "name"),
    [("", ""), ("bash", "bash"), ("{r}", "r"), ("pytb", "pytb"), ("text", "text"), ("{code-block} console", "console")],
)
def test_other_languages_keep_their_name(info: str, name: str) -> None:
    assert language(info) == name


def test_a_directive_has_braces() -> None:
    assert is_directive("{code-cell} ipython3")
    assert not is_directive("{.python}")
    assert not is_directive("python")
