"""A note: its path, its kind and its blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.markdown import read_markdown
from torchkeras_compat.notes.notebook import read_notebook

SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdx": "markdown",
    ".rmd": "markdown",
    ".qmd": "markdown",
    ".py": "script",
    ".ipynb": "notebook",
}


@dataclass(frozen=True)
class Note:
    """What a note file holds.

    Args:
        path: The file.
        kind: ``"markdown"``, ``"script"`` or ``"notebook"``.
        blocks: Its Python code, in order.
    """

    path: Path
    kind: str
    blocks: list[Block]


def read_note(path: str | Path, announce: Callable[[str], None] = lambda text: None) -> Note:
    """Read a Markdown file, a script or a notebook.

    Args:
        path: The file.
        announce: Called with a sentence about a choice that was made, such as which blocks are code.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the suffix is none of ``SUFFIXES``.
        FileContentError: the file is not text, is not a notebook, or has no Python code.
    """
    path = Path(path)
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"{path} has the suffix {path.suffix!r}. A note is one of {', '.join(SUFFIXES)}.")
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}. Give the path of a note, from {Path.cwd()}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileContentError(f"{path} is not UTF-8 text ({error}). Save it as UTF-8.") from error
    source = str(path)
    if kind == "markdown":
        blocks = read_markdown(text, source, announce)
    elif kind == "notebook":
        blocks = read_notebook(text, source)
    else:
        blocks = [Block(text, 1, source, repairs=False)]
    if not any(block.code.strip() for block in blocks):
        raise FileContentError(
            f"{path} has no Python code. In Markdown it stands between ```python and ``` lines, or where no block "
            "names its language, in blocks that mention Keras."
        )
    return Note(path, kind, blocks)
