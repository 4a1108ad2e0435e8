"""The shell that `get_ipython()` returns in notes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from torchkeras_compat.notes.shell import Shell, representations


@pytest.fixture
def shell() -> Shell:
    said: list[str] = []
    shown: list[dict[str, object]] = []
    made = Shell({"folder": "x"}, shown.append, said.append)
    made.said, made.shown = said, shown  # type: ignore[attr-defined]
    return made


def test_display_publishes_what_values_have_for_notebooks(shell) -> None:
    class Table:
        def __repr__(self) -> str:
            return "table"

        def _repr_html_(self) -> str:
            return "<table>"

    shell.display(3, Table())
    assert shell.shown == [{"text/plain": "3"}, {"text/plain": "table", "text/html": "<table>"}]
    assert representations(Table)["text/plain"].startswith("<class")


def test_commands_are_left_out_unless_their_result_is_used(shell) -> None:
    shell.system("rm -r x")
    shell.run_line_magic("matplotlib", "inline")
    assert shell.said == [
        "left out, a command for a shell: rm -r x",
        "left out, for IPython only: %matplotlib inline",
    ]
    assert shell.getoutput("echo a; echo {folder} $folder") == ["a", "x x"]


def test_a_cell_is_written_into_a_file(shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.py"
    shell.write_file(str(path), "x = 1\n")
    shell.write_file(str(path), "y = 2\n", append=True)
    assert path.read_text() == "x = 1\ny = 2\n"
    assert capsys.readouterr().out == f"Writing {path}\nAppending to {path}\n"
    shell.run_file(f"{path} 3", shell.user_ns)
    assert shell.user_ns["y"] == 2


def test_help_is_signature_and_docstring(shell, capsys: pytest.CaptureFixture[str]) -> None:
    def double(x):
        """Twice x."""

    shell.user_ns["double"] = double
    shell.show_help("double")
    assert capsys.readouterr().out == "double(x)\nTwice x.\n"


def test_environment_variables_are_set(shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_VARIABLE_OF_A_NOTE", "0")
    shell.set_variable("A_VARIABLE_OF_A_NOTE", "1")
    assert os.environ["A_VARIABLE_OF_A_NOTE"] == "1"
