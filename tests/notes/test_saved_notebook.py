"""Results written back into a notebook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from torchkeras_compat.notes.note import read_note
from torchkeras_compat.notes.run import RunOptions, run_note
from torchkeras_compat.notes.saved_notebook import SavedNotebook

pytestmark = pytest.mark.usefixtures("hidden_keras")


def saved(tmp_path: Path, cells: list[dict[str, object]], **options) -> dict:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {"a": 1}, "nbformat": 4, "nbformat_minor": 2}))
    note = read_note(path)
    listener = SavedNotebook(note)
    run_note(note, options=RunOptions(listener=listener, announce=lambda text: None, **options))
    listener.save(tmp_path / "out.ipynb")
    return json.loads((tmp_path / "out.ipynb").read_text())


def code(source: str, **more) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, **more}


def test_outputs_results_and_counts_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = [
        {"cell_type": "markdown", "source": "# T", "metadata": {}},
        code("print('a')\n1 + 1"),
        code("x = 1", id="mine"),
    ]
    notebook = saved(tmp_path, cells)
    assert (notebook["nbformat"], notebook["metadata"]["a"]) == (4, 1)
    text, first, second = notebook["cells"]
    assert text == {"cell_type": "markdown", "id": "cell-1", "metadata": {}, "source": ["# T"]}
    assert first["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": ["a\n"]},
        {"output_type": "execute_result", "data": {"text/plain": "2"}, "metadata": {}, "execution_count": 1},
    ]
    assert (second["id"], second["execution_count"], second["outputs"]) == ("mine", 2, [])
    assert capsys.readouterr().out == "a\n2\n"


def test_an_error_is_an_output_with_the_lines_of_the_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = saved(tmp_path, [code("1 / 0"), code("2")])
    (error,) = notebook["cells"][0]["outputs"]
    assert (error["output_type"], error["ename"], error["evalue"]) == ("error", "ZeroDivisionError", "division by zero")
    assert any("n.ipynb[cell 1]" in line for line in error["traceback"])
    assert not any("torchkeras_compat/notes/run.py" in line for line in error["traceback"])
    assert notebook["cells"][1]["execution_count"] is None


def test_figures_are_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib.pyplot")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = saved(tmp_path, [code("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")])
    (figure,) = notebook["cells"][0]["outputs"]
    assert figure["output_type"] == "display_data" and figure["data"]["image/png"].startswith("iVBOR")


def test_a_markdown_note_becomes_a_notebook_of_its_blocks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "n.md"
    path.write_text("```python\nprint(1)\n```\n\n```python\nprint(2)\n```\n")
    note = read_note(path)
    listener = SavedNotebook(note)
    run_note(note, options=RunOptions(listener=listener))
    cells = listener.notebook()["cells"]
    assert [cell["outputs"][0]["text"] for cell in cells] == [["1\n"], ["2\n"]]
