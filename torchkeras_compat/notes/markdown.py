"""Code blocks of a Markdown file: fences, highlight tags, HTML, and where nothing is named, what is Keras code."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from torchkeras_compat.notes.bare_code import is_code, mentions_keras
from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.fences import is_directive, language
from torchkeras_compat.notes.prompts import has_prompts

_FENCE = re.compile(r"^(?P<indent>(?:[ \t>]|[-*+] |\d+[.)] )*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
_HIGHLIGHT = re.compile(r"^\s*\{(?:%-?|\{<)\s*highlight\s+\"?(?P<info>[\w.+-]*)[^}]*\}\}?\s*$")
_HIGHLIGHT_END = re.compile(r"^\s*\{(?:%-?|\{<)\s*/?\s*(?:endhighlight|highlight)\s*(?:-?%|>\})\}\s*$")
_PRE = re.compile(r"^\s*(?:<div[^>]*>\s*)*<pre(?P<pre>[^>]*)>\s*(?:<code(?P<code>[^>]*)>)?(?P<rest>.*)$", re.IGNORECASE)
_PRE_END = re.compile(r"(?:</code>|(?<!\s))\s*</pre>.*$", re.IGNORECASE)
_TAG = re.compile(r"</?(?:span|code|a|b|i|em|strong|div|br)\b[^<>]*>", re.IGNORECASE)
_CLASS = re.compile(
    r"(?:class|lang|data-lang)\s*=\s*[\"']?(?:[\w-]*?(?:language-|lang-|brush:\s*|source-))?(?P<name>[\w.+-]+)"
)
_OPTION = re.compile(r"^\s*:[\w-]+:")


@dataclass
class Found:
    """A piece of code in the text, before it is known whether it runs.

    Args:
        language: As :func:`language` has it.
        lines: The code.
        first_line: Its line in the note, from 1.
    """

    language: str
    lines: list[str]
    first_line: int

    @property
    def code(self) -> str:
        return "\n".join(self.lines)


def read_markdown(text: str, source: str, announce: Callable[[str], None] = lambda text: None) -> list[Block]:
    """Return the blocks whose language is Python, with the line numbers of the file.

    Blocks of other languages are left out. Where no block of the file says that it is Python, those without a language,
    and indented ones, are taken that are Python, do something and stand in a file that mentions Keras. In blocks that
    begin with a prompt only the lines behind prompts count.

    Args:
        text: The Markdown.
        source: Its path, for tracebacks.
        announce: Called with a sentence where blocks without a language are taken.
    """
    found = _Reader(text.splitlines()).read()
    python = [piece for piece in found if piece.language == "python"]
    if not python:
        bare = [piece for piece in found if piece.language in ("", "indented")]
        if mentions_keras("\n".join(piece.code for piece in bare)):
            python = [piece for piece in bare if is_code(piece.code)]
        if python:
            announce(f"{source}: no block names its language; {len(python)} of {len(bare)} are run as Python")
    return [Block(p.code, p.first_line, source, shows_last_value=has_prompts(p.code)) for p in python]


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.number = 0
        self.found: list[Found] = []

    def read(self) -> list[Found]:
        while self.number < len(self.lines):
            line = self.lines[self.number]
            fence, highlight, pre = _FENCE.match(line), _HIGHLIGHT.match(line), _PRE.match(line)
            if fence:
                self._fence(fence)
            elif highlight:
                self._until(_HIGHLIGHT_END, language(highlight["info"]))
            elif pre:
                self._pre(pre)
            elif line.lstrip().startswith("<!--") and "-->" not in line:
                self._comment()
            elif line.startswith(("    ", "\t")) and line.strip() and self._is_after_a_blank_line():
                self._indented()
            else:
                self.number += 1
        return self.found

    def _fence(self, opening: re.Match[str]) -> None:
        indent, fence = opening["indent"], opening["fence"]
        closing = re.compile(rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
        self._until(closing, language(opening["info"]))
        piece = self.found[-1]
        piece.lines = [_without(indent, line) for line in piece.lines]
        if is_directive(opening["info"]):
            _blank_options(piece.lines)

    def _until(self, closing: re.Pattern[str], name: str) -> None:
        self.number += 1
        first = self.number
        while self.number < len(self.lines) and not closing.match(self.lines[self.number]):
            self.number += 1
        self.found.append(Found(name, self.lines[first : self.number], first + 1))
        self.number += 1

    def _pre(self, opening: re.Match[str]) -> None:
        first = self.number
        lines = [opening["rest"]]
        while not _PRE_END.search(lines[-1]) and self.number + 1 < len(self.lines):
            self.number += 1
            lines.append(self.lines[self.number])
        self.number += 1
        lines[-1] = _PRE_END.sub("", lines[-1])
        name = _CLASS.search(f"{opening['code'] or ''} {opening['pre']} {self.lines[first]}")
        code = [html.unescape(_TAG.sub("", line)) for line in lines]
        self.found.append(Found(language(name["name"]) if name else "", code, first + 1))

    def _comment(self) -> None:
        while self.number < len(self.lines) and "-->" not in self.lines[self.number]:
            self.number += 1
        self.number += 1

    def _is_after_a_blank_line(self) -> bool:
        return self.number == 0 or not self.lines[self.number - 1].strip()

    def _indented(self) -> None:
        first = self.number
        while self.number < len(self.lines) and (
            not self.lines[self.number].strip() or self.lines[self.number].startswith(("    ", "\t"))
        ):
            if _FENCE.match(self.lines[self.number]):
                break
            self.number += 1
        lines = [line.expandtabs(4)[4:] for line in self.lines[first : self.number]]
        self.found.append(Found("indented", lines, first + 1))


def _blank_options(lines: list[str]) -> None:
    """Blank the options of a directive: a YAML block, or lines such as ``:tags: [hide]``."""
    if lines and lines[0].strip() == "---":
        end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
        lines[: end + 1] = [""] * (end + 1)
        return
    for number, line in enumerate(lines):
        if not _OPTION.match(line):
            break
        lines[number] = ""


def _without(indent: str, line: str) -> str:
    """Take from a line the indentation, or the quotation marks, that its opening fence had."""
    if ">" in indent:
        for mark in re.sub(r"[^>]", "", indent):
            line = re.sub(rf"^[ \t]{{0,3}}{mark} ?", "", line)
        return line
    blank = len(line) - len(line.lstrip(" \t"))
    return line[min(blank, len(indent)) :]
