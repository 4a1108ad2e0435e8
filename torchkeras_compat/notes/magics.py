"""What IPython adds to Python, as Python: ``%time f()``, ``files = !ls``, ``x?``, ``%%writefile a.py``."""

from __future__ import annotations

import re

# Cells of these run their Python; those of others hold another language, or are read by a magic function.
_PYTHON_CELLS = ("time", "timeit", "capture", "prun", "python", "python3", "px")
_LEFT_OUT = "left out, for IPython only"
_INSTALLS = re.compile(r"^(sudo\s+)?((python3?|\S*/python3?)\s+-m\s+)?(pip3?|conda|mamba|apt|apt-get|brew|npm|yum)\b")
_OPTIONS = re.compile(r"^(-\w+(\s+\d+)?\s+|-\w\d+\s+)*")
_MAGIC = re.compile(r"^(?P<indent>\s*)(?P<mark>%{1,2}|!{1,2})(?P<rest>.*)$")
_ASSIGNED = re.compile(r"^(?P<left>\s*[\w.,\s\[\]'\"]+?=\s*)(?P<mark>[!%])(?P<rest>[^=].*)$")
_HELP = re.compile(r"^(?P<indent>\s*)(\?{1,2}(?P<after>[\w.*]+)|(?P<before>[\w.]+(\(\))?)\?{1,2})\s*;?\s*$")

Notice = tuple[int, str]


def has_magic(code: str) -> bool:
    """Return whether a line looks like one for IPython."""
    return any(pattern.match(line) for line in code.splitlines() for pattern in (_MAGIC, _ASSIGNED, _HELP))


def without_magics(code: str) -> tuple[str, list[Notice]]:
    """Return Python for code with lines for IPython, with as many lines, and what was left out.

    ``%time`` and ``%timeit`` run their statement once; a command whose result is assigned is run, unless it installs
    something; other commands are left out. The code calls ``get_ipython()``, which the runner provides.

    Args:
        code: Text of a cell or block that is not Python as it stands.

    Returns:
        The code, and pairs of a line, from 0, and what became of it.

    Example:
        >>> without_magics("files = !ls")[0]
        "files = get_ipython().getoutput('ls')"
        >>> without_magics("!ls")
        ('pass', [(0, 'left out, a command for a shell: !ls')])
    """
    lines = code.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    notices: list[Notice] = []
    if lines[first].startswith("%%"):
        name, _, rest = lines[first][2:].partition(" ")
        if name.strip() in ("writefile", "file"):
            return _writing(lines, first, rest.strip()), []
        if name.strip() not in _PYTHON_CELLS:
            return "\n" * (len(lines) - 1), [(first, f"left out, a cell for {lines[first].strip()}")]
        lines[first] = ""
    for number, line in enumerate(lines):
        changed = _python_line(line)
        if changed is None:
            continue
        lines[number], notice = changed
        if notice:
            notices.append((number, f"{notice}: {line.strip()}"))
    return "\n".join(lines), notices


def _writing(lines: list[str], first: int, target: str) -> str:
    """One call that writes the other lines of a cell into a file."""
    append = target.startswith("-a ")
    text = "\n".join(lines[first + 1 :]) + "\n"
    call = f"get_ipython().write_file({target.removeprefix('-a ').strip()!r}, {text!r}, append={append})"
    return "\n" * first + call + "\n" * (len(lines) - first - 1)


def _python_line(line: str) -> tuple[str, str] | None:
    """Python for a line for IPython and what to say about it; None for other lines."""
    assigned = _ASSIGNED.match(line)
    if assigned:
        return _assigned(assigned["left"], assigned["mark"], assigned["rest"].strip())
    magic = _MAGIC.match(line)
    if magic:
        return _magic(magic["indent"], magic["mark"], magic["rest"].strip())
    asked = _HELP.match(line)
    if asked:
        return f"{asked['indent']}get_ipython().show_help({asked['after'] or asked['before']!r})", ""
    return None


def _assigned(left: str, mark: str, rest: str) -> tuple[str, str]:
    if mark == "!":
        if _INSTALLS.match(rest):
            return f"{left}[]", "left out, it installs something"
        return f"{left}get_ipython().getoutput({rest!r})", ""
    name, _, argument = rest.partition(" ")
    if name in ("time", "timeit"):
        return left + _OPTIONS.sub("", argument.strip()), ""
    return f"{left}None", _LEFT_OUT


def _magic(indent: str, mark: str, rest: str) -> tuple[str, str]:
    name, _, argument = rest.partition(" ")
    argument = argument.strip()
    if mark.startswith("!"):
        return f"{indent}pass", "left out, a command for a shell"
    if name in ("time", "timeit", "prun") and argument:
        return indent + _OPTIONS.sub("", argument), ""
    if name in ("env", "set_env") and "=" in argument:
        key, _, value = argument.partition("=")
        return f"{indent}get_ipython().set_variable({key.strip()!r}, {value.strip()!r})", ""
    if name == "run" and argument:
        return f"{indent}get_ipython().run_file({argument!r}, globals())", ""
    return f"{indent}pass", _LEFT_OUT
