"""Code cells of a Jupyter notebook."""

from __future__ import annotations

import json
import linecache
from typing import Any

from torchkeras_compat.notes.block import Block


def read_notebook(text: str, source: str) -> list[Block]:
    """Return the code cells of a notebook of format 3 or 4; lines are counted in each cell from 1.

    Args:
        text: The JSON of the notebook.
        source: Its path; cells are called ``path[cell 2]``, counting the cells of all kinds.

    Raises:
        ValueError: ``text`` is not a notebook, or its language is not Python.
    """
    try:
        notebook = json.loads(text)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{source} is not a Jupyter notebook ({error}). Save it again as .ipynb.") from error
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    if language.lower() != "python":
        raise ValueError(f"{source} is a notebook in {language!r}. Only Python notebooks can be run.")
    return [_block(cell, f"{source}[cell {n}]") for n, cell in enumerate(cells, 1) if cell.get("cell_type") == "code"]


def _block(cell: dict[str, Any], source: str) -> Block:
    code = cell.get("source", cell.get("input", ""))
    code = code if isinstance(code, str) else "".join(code)
    linecache.cache[source] = (len(code), None, code.splitlines(keepends=True), source)
    return Block(code, 1, source, shows_last_value=True)
