"""Code blocks of a Markdown file."""

from __future__ import annotations

import re

from torchkeras_compat.notes.block import Block

_FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
_PYTHON = {"python", "python3", "py", "py3", "ipython", "ipython3", "pycon"}
_PROMPT = re.compile(r"^(>>>|\.\.\.)( |$)")


def read_markdown(text: str, source: str) -> list[Block]:
    """Return the fenced blocks whose language is Python, with the line numbers of the file.

    Blocks of other languages and of none (outputs, mostly) are left out. In ``pycon`` blocks, and others that begin
    with ``>>>``, only the lines behind prompts count.

    Args:
        text: The Markdown.
        source: Its path, for tracebacks.
    """
    blocks = []
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        number += 1
        if opening is None:
            continue
        indent, fence = opening["indent"], opening["fence"]
        closing = re.compile(rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
        first = number
        while number < len(lines) and not closing.match(lines[number]):
            number += 1
        body = [_without(indent, line) for line in lines[first:number]]
        number += 1
        language = re.split(r"[\s,:{}]+", opening["info"].strip().lstrip("{").lstrip("."), maxsplit=1)[0].lower()
        if language not in _PYTHON:
            continue
        prompts = next((line for line in body if line.strip()), "").startswith(">>>")
        if prompts:
            body = [_PROMPT.sub("", line) if _PROMPT.match(line) else "" for line in body]
        blocks.append(Block("\n".join(body), first + 1, source, shows_last_value=prompts))
    return blocks


def _without(indent: str, line: str) -> str:
    """Take from a line the indentation, or the quotation marks, that its opening fence had."""
    if ">" in indent:
        for mark in indent.replace(" ", "").replace("\t", ""):
            line = re.sub(rf"^[ \t]{{0,3}}{mark} ?", "", line)
        return line
    blank = len(line) - len(line.lstrip(" \t"))
    return line[min(blank, len(indent)) :]
