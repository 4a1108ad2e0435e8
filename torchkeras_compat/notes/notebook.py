"""Code cells of a Jupyter notebook."""

from __future__ import annotations

import json
import linecache
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.notes.block import Block


def read_notebook(text: str, source: str) -> list[Block]:
    """Return the code cells of a notebook of format 3 or 4; lines are counted in each cell from 1.

    Args:
        text: The JSON of the notebook.
        source: Its path; cells are called ``path[cell 2]``, counting the cells of all kinds.

    Raises:
        FileContentError: ``text`` is not a notebook.
        ValueError: its language is not Python.
    """
    try:
        notebook = json.loads(text)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
        blocks = [(n, _code(cell)) for n, cell in enumerate(cells, 1) if _is_run(cell)]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FileContentError(
            f"{source} is not a Jupyter notebook ({type(error).__name__}: {error}). Save it again as .ipynb."
        ) from error
    if str(language).lower() != "python":
        raise ValueError(f"{source} is a notebook in {language!r}. Only Python notebooks can be run.")
    return [_block(code, f"{source}[cell {n}]", n) for n, code in blocks]


def _is_run(cell: dict[str, Any]) -> bool:
    return cell.get("cell_type") == "code" and "skip-execution" not in cell.get("metadata", {}).get("tags", ())


def _code(cell: dict[str, Any]) -> str:
    code = cell.get("source", cell.get("input", ""))
    return code if isinstance(code, str) else "".join(code)


def _block(code: str, source: str, n: int) -> Block:
    linecache.cache[source] = (len(code), None, code.splitlines(keepends=True), source)
    return Block(code, 1, source, shows_last_value=True, repairs=False, cell=n - 1)
