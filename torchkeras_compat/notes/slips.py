"""Slips of published code, repaired or left out: typographic characters, shell lines, outputs, ``...`` in calls.

Only code that cannot be parsed comes here. None of these characters and lines is Python where it stands, so a repair
never changes what valid code means, and each is announced with its line.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize

from torchkeras_compat.notes.brackets import is_python, with_closed_brackets
from torchkeras_compat.notes.magics import Notice

_QUOTES = {"“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "′": "'", "`": "'"}
_SPACES = {"\xa0": " ", "\u202f": " ", "\u2007": " ", "\u3000": " ", "\u2003": " ", "\u2002": " ", "\u2009": " "}
_NOTHING = {"\u200b": "", "\ufeff": "", "\u200e": "", "\u200f": "", "\u2060": "", "\xad": ""}
_MARKS = {"–": "-", "—": "-", "−": "-", "…": "...", "×": "*", "（": "(", "）": ")", "，": ",", "：": ":", "＝": "="}
_KINDS = (
    (_QUOTES, "typographic quotes"),
    (_SPACES, "non-breaking spaces"),
    (_NOTHING, "invisible characters"),
    (_MARKS, "typographic characters"),
)
_TABLE = str.maketrans({k: v for table, _ in _KINDS for k, v in table.items() if k != "`"})
_PROGRAMS = (
    r"pip3?|conda|mamba|apt|apt-get|brew|git|wget|curl|tensorboard|jupyter|cd|mkdir|ls|unzip|tar|export|source|docker|"
    r"python3?|virtualenv|nvidia-smi|kaggle|touch|rm|cp|mv|cat|echo|npm|poetry|uv|torchkeras-compat"
)
_SHELL = re.compile(rf"^\s*(?:\$ ?\S|(?:sudo\s+)?(?:{_PROGRAMS})\s+\S)")
_OUTPUT = re.compile(
    r"^\s*(?:Epoch \d+|\d+/(?:\d+|Unknown)\b|Train on \d+|Using \w+ backend|[_=─━┃│┏┡└├]{3,}|Layer \(type\)|"
    r"Total params|(?:Non-t|T)rainable params|Model: \"|Out ?\[\d*\]|Downloading data|\d+/\d+ \[|\[[=>.]+\]|>>> ?$|"
    r"<[\w.]+ (?:object )?at 0x|Found \d+|\(?None, )"
)
_RULE = re.compile(r"^\s*_{5,}\s*$")  # of a summary; Python takes it for a name
_SENTENCE = re.compile(r"^\s*[A-Z][\w']*(?:[,;:]? [\w'/`-]+){3,}[.:!?]*$")
_PRINT = re.compile(r"^(?P<indent>\s*)print[ \t]+(?P<what>(?!\().*?|\(.*\)\s*[%,].*?)(?P<comma>,?)$")
_DOTS_LATER = re.compile(r",\s*\.\.\.\s*(?=[,)\]}])")
_DOTS_FIRST = re.compile(r"(?<=[(\[{])\s*\.\.\.\s*,?")


def repaired(text: str) -> tuple[str, list[Notice]]:
    """Return text that is not Python with its slips repaired, and what was done, by line from 0.

    Example:
        >>> repaired("pip install keras\\nx = 1")
        ('pass\\nx = 1', [(0, 'left out, a command for a shell: pip install keras')])
    """
    lines, notices = _plain_characters(text.split("\n"))
    if is_python("\n".join(lines)):
        return "\n".join(lines), notices
    for first, last in _statements(lines):
        chunk = lines[first:last]
        if _parses(chunk) and not _RULE.match(lines[first]):
            continue
        changed = _repaired_statement(chunk)
        if changed is not None:
            lines[first:last], notice = changed
            notices.append((first, notice))
    closed = with_closed_brackets("\n".join(lines))
    if closed is not None:
        return closed[0], [*notices, closed[1]]
    return "\n".join(lines), notices


def with_print_functions(text: str) -> tuple[str, list[Notice]]:
    """Return text that is not Python with the print statements of Python 2 as calls; as it is where more is wrong.

    Example:
        >>> with_print_functions("for x in y:\\n    print 'x', x")[0]
        "for x in y:\\n    print('x', x)"
    """
    lines = text.split("\n")
    notices: list[Notice] = []
    for first, last in _statements(lines):
        printed = _PRINT.match("\n".join(lines[first:last]).rstrip())
        if printed and not _parses(lines[first:last]) and _parses([f"print({printed['what'].strip()})"]):
            end = ", end=' '" if printed["comma"] else ""
            called = f"{printed['indent']}print({printed['what'].strip()}{end})"
            lines[first:last] = [*called.split("\n"), *[""] * (last - first - called.count("\n") - 1)]
            notices.append((first, "repaired, a print statement of Python 2"))
    changed = "\n".join(lines)
    return (changed, notices) if is_python(changed) else (text, [])


def _plain_characters(lines: list[str]) -> tuple[list[str], list[Notice]]:
    notices = []
    plain = []
    for number, line in enumerate(lines):
        changed = line.translate(_TABLE)
        plain.append(changed)
        if changed != line:
            kinds = [
                kind for table, kind in _KINDS if any(character in line for character in table if character != "`")
            ]
            notices.append((number, f"repaired, it has {' and '.join(kinds)}: {changed.strip()}"))
    return plain, notices


def _statements(lines: list[str]) -> list[tuple[int, int]]:
    """Bounds of the logical lines: a line, or several that brackets hold together; blocks are not kept together."""
    bounds = []
    start = depth = 0
    for number, line in enumerate(lines):
        depth += _depth(line)
        if depth <= 0 and not line.rstrip().endswith("\\"):
            bounds.append((start, number + 1))
            start, depth = number + 1, 0
    if start < len(lines):
        bounds.append((start, len(lines)))
    return bounds


def _depth(line: str) -> int:
    """Brackets that a line opens less those that it closes, outside strings and comments."""
    line = re.sub(r"'[^'\\]*(?:\\.[^'\\]*)*'|\"[^\"\\]*(?:\\.[^\"\\]*)*\"", "''", line).partition("#")[0]
    return sum(line.count(c) for c in "([{") - sum(line.count(c) for c in ")]}")


def _repaired_statement(chunk: list[str]) -> tuple[list[str], str] | None:
    """Lines in the place of some that cannot be parsed by themselves, and what to say; None to leave them."""
    text, first = "\n".join(chunk), chunk[0]
    indent = first[: len(first) - len(first.lstrip())]
    left_out = [f"{indent}pass", *[""] * (len(chunk) - 1)]
    if _SHELL.match(first):
        return left_out, f"left out, a command for a shell: {first.strip()}"
    if _OUTPUT.match(first):
        return left_out, f"left out, an output: {first.strip()[:60]}"
    printed = _PRINT.match(text.rstrip())
    if printed and _parses([f"print({printed['what'].strip()})"]):
        end = ", end=' '" if printed["comma"] else ""
        return [f"{indent}print({printed['what'].strip()}{end})"], "repaired, a print statement of Python 2"
    if len(chunk) == 1 and _SENTENCE.match(first):
        return left_out, f"left out, a sentence: {first.strip()[:60]}"
    if "..." in text:
        text = "\n".join("" if line.strip().rstrip(",") == "..." else line for line in chunk)
        without = _DOTS_LATER.sub(_line_breaks, _DOTS_FIRST.sub(_line_breaks, text))
        if _parses(without.split("\n")):
            return without.split("\n"), f"left out `...` in: {first.strip()}"
        if "(" in text:
            return left_out, f"left out, `...` stands for code that is not shown: {first.strip()}"
    if re.search(r"\(.*(\*\s*,|\*\*\w+)", text, re.DOTALL) and re.match(r"^\s*[\w.]+\(", first):
        return left_out, f"left out, it shows a signature: {first.strip()}"
    return None


def _line_breaks(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _parses(lines: list[str]) -> bool:
    """Whether lines can be parsed; of the head of a block (`if a:`), whether it is whole."""
    text = "\n".join(lines)
    stripped = text.strip()
    if stripped.startswith(("elif", "else", "except", "finally", "case ", "@")):
        return True  # a part of a statement
    if stripped.endswith(":"):
        text = stripped + " pass"
    try:
        ast.parse(_dedented(text))
    except (SyntaxError, ValueError):
        return _is_part_of_a_string(text)
    return True


def _dedented(text: str) -> str:
    indent = len(text) - len(text.lstrip())
    lines = text.split("\n")
    return "\n".join([lines[0][indent:], *lines[1:]]) if len(lines) > 1 or indent else text


def _is_part_of_a_string(text: str) -> bool:
    try:
        list(tokenize.generate_tokens(io.StringIO(text).readline))
    except tokenize.TokenError as error:
        return "string" in str(error)
    except (SyntaxError, ValueError):
        return False
    return False
