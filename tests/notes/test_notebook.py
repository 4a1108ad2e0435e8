"""Cells of notebooks."""

from __future__ import annotations

import json

import pytest

from torchkeras_compat.notes.notebook import read_notebook


def test_notebook_cells_are_counted_with_the_text_between() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["a = 1\n", "a"], "outputs": []},
        {"cell_type": "code", "source": "%matplotlib inline\nb = 2"},
    ]
    blocks = read_notebook(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}), "n.ipynb")
    assert [(block.source, block.first_line, block.code) for block in blocks] == [
        ("n.ipynb[cell 2]", 1, "a = 1\na"),
        ("n.ipynb[cell 3]", 1, "%matplotlib inline\nb = 2"),
    ]
    assert blocks[1].notices == ["n.ipynb[cell 3], line 1: left out, for IPython only: %matplotlib inline"]
    assert [block.cell for block in blocks] == [1, 2]
    assert all(block.shows_last_value for block in blocks)


def test_a_notebook_in_another_language_is_refused() -> None:
    text = json.dumps({"cells": [], "metadata": {"kernelspec": {"language": "R"}}})
    with pytest.raises(ValueError, match="notebook in 'R'"):
        read_notebook(text, "n.ipynb")


@pytest.mark.parametrize("text", ["not json", "[]", '{"a": 1}'])
def test_a_file_that_is_not_a_notebook_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="n.ipynb is not a Jupyter notebook"):
        read_notebook(text, "n.ipynb")


def test_a_cell_with_the_tag_that_says_so_is_skipped() -> None:
    cells = [{"cell_type": "code", "source": "1 / 0", "metadata": {"tags": ["skip-execution"]}}]
    assert read_notebook(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}), "n.ipynb") == []
