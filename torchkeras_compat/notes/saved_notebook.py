"""What a run has shown, written back into a notebook: outputs, errors and execution counts."""

from __future__ import annotations

import io
import json
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.failure import Failure
from torchkeras_compat.notes.figures import png
from torchkeras_compat.notes.note import Note
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.tracebacks import users_frames

Output = dict[str, Any]


class SavedNotebook:
    """Collects what the blocks of a note show, and writes a notebook of format 4 with it.

    A notebook keeps its cells and their metadata; of other notes each block is a cell.

    Args:
        note: The note.
    """

    def __init__(self, note: Note) -> None:
        self.note = note
        self.outputs: dict[int, list[Output]] = {}
        self.counts: dict[int, int] = {}
        self._now: list[Output] = []
        self._count = 0
        self._streams: tuple[TextIO, TextIO] | None = None

    def begin(self, block: Block) -> None:
        """Start the outputs of a block."""
        self._count += 1
        self._now = []
        number = self._number(block)
        self.outputs[number], self.counts[number] = self._now, self._count
        self._streams = (sys.stdout, sys.stderr)
        sys.stdout = _Copied(sys.stdout, "stdout", self._stream)
        sys.stderr = _Copied(sys.stderr, "stderr", self._stream)

    def show(self, data: dict[str, Any], *, is_result: bool) -> None:
        """Add a value; its text has been printed already."""
        text = f"{data.get('text/plain', '')}\n"
        if self._now and self._now[-1].get("name") == "stdout" and self._now[-1]["text"].endswith(text):
            self._now[-1]["text"] = self._now[-1]["text"].removesuffix(text)
            if not self._now[-1]["text"]:
                self._now.pop()
        output: Output = {"output_type": "display_data", "data": data, "metadata": {}}
        if is_result:
            output = {**output, "output_type": "execute_result", "execution_count": self._count}
        self._now.append(output)

    def figure(self, figure: Any) -> None:
        """Add a figure as PNG."""
        data = {"image/png": png(figure), "text/plain": repr(figure)}
        self._now.append({"output_type": "display_data", "data": data, "metadata": {}})

    def end(self, block: Block, failed: Failure | None) -> None:
        """Finish the outputs of a block."""
        if self._streams is not None:
            sys.stdout, sys.stderr = self._streams
            self._streams = None
        if failed is not None:
            error = failed.error
            trace = traceback.format_exception(type(error), error, users_frames(error.__traceback__))
            self._now.append(
                {
                    "output_type": "error",
                    "ename": type(error).__name__,
                    "evalue": str(error),
                    "traceback": "".join(trace).rstrip("\n").split("\n"),
                }
            )

    def save(self, path: str | Path) -> None:
        """Write the notebook.

        Raises:
            OSError: the file cannot be written.
        """
        text = json.dumps(self.notebook(), indent=1, ensure_ascii=False) + "\n"
        with written_whole(path) as place:
            place.write_text(text, encoding="utf-8")

    def notebook(self) -> dict[str, Any]:
        """Return the notebook as the dictionary that its JSON holds."""
        if self.note.kind == "notebook":
            given = json.loads(self.note.path.read_text(encoding="utf-8-sig"))
            given_cells = given["cells"] if "cells" in given else given["worksheets"][0]["cells"]
            metadata = given.get("metadata", {})
        else:
            given_cells = [{"cell_type": "code", "source": block.code, "metadata": {}} for block in self.note.blocks]
            metadata = {}
        cells = [self._cell(number, cell) for number, cell in enumerate(given_cells)]
        metadata.setdefault("kernelspec", {"display_name": "Python 3", "language": "python", "name": "python3"})
        return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}

    def _cell(self, number: int, given: dict[str, Any]) -> dict[str, Any]:
        source = given.get("source", given.get("input", ""))
        kind = given.get("cell_type", "code")
        kind = kind if kind in ("code", "markdown", "raw") else "markdown"
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": str(given.get("id", f"cell-{number + 1}")),
            "metadata": given.get("metadata", {}),
            "source": _lines(source if isinstance(source, str) else "".join(source)),
        }
        if kind == "code":
            outputs = [{**o, "text": _lines(o["text"])} if "text" in o else o for o in self.outputs.get(number, [])]
            cell |= {"execution_count": self.counts.get(number), "outputs": outputs}
        elif "attachments" in given:
            cell["attachments"] = given["attachments"]
        return cell

    def _number(self, block: Block) -> int:
        if block.cell is not None:
            return block.cell
        return next(number for number, other in enumerate(self.note.blocks) if other is block)

    def _stream(self, name: str, text: str) -> None:
        if self._now and self._now[-1].get("name") == name:
            self._now[-1]["text"] += text
        else:
            self._now.append({"output_type": "stream", "name": name, "text": text})


class _Copied(io.TextIOBase):
    """A stream that also hands on what is written to it."""

    def __init__(self, stream: TextIO, name: str, take: Any) -> None:
        self._stream, self._name, self._take = stream, name, take

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._take(self._name, text)
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
