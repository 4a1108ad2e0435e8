"""Signatures of older versions, from the text files in `signatures/`."""

from __future__ import annotations

import ast
import functools
import pathlib
from typing import Any, NamedTuple

FOLDER = pathlib.Path(__file__).parent / "signatures"


class Unknown:
    """Stands for a default that has to be computed, such as ``K.floatx()``, and for one that there is not."""


REQUIRED, COMPUTED = Unknown(), Unknown()


class OldSignature(NamedTuple):
    """What a function, or the constructor of a class, took.

    Args:
        defaults: Names of the parameters, in their order, with their defaults; `REQUIRED` or `COMPUTED`.
        positional: How many of them could be given by place.
        has_varargs: Whether it took any number of arguments by place.
    """

    defaults: dict[str, Any]
    positional: int
    has_varargs: bool


@functools.cache
def read_signatures(file: str) -> dict[str, OldSignature]:
    """Return the signatures of a file, by their public paths.

    Example:
        >>> read_signatures("keras1.txt")["layers.Dropout"].defaults["seed"] is None
        True
    """
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    rows = dict(line.split("(", 1) for line in lines if line and not line.startswith("#"))
    return {path: parse_signature(rest[:-1]) for path, rest in rows.items()}


def parse_signature(text: str) -> OldSignature:
    """Return the signature that stands between parentheses: ``"units, activation=None, **kwargs"``."""
    parsed = ast.parse(f"def f({text}): pass").body[0]
    assert isinstance(parsed, ast.FunctionDef)
    arguments = parsed.args
    given: list[ast.expr | None] = [None] * (len(arguments.args) - len(arguments.defaults))
    defaults = dict(zip((a.arg for a in arguments.args), map(_value, [*given, *arguments.defaults]), strict=True))
    positional = len(defaults)
    defaults.update(zip((a.arg for a in arguments.kwonlyargs), map(_value, arguments.kw_defaults), strict=True))
    return OldSignature(defaults, positional, arguments.vararg is not None)


def _value(node: ast.expr | None) -> Any:
    if node is None:
        return REQUIRED
    try:
        value = ast.literal_eval(node)
        return COMPUTED if value is ... else value
    except ValueError:
        return COMPUTED
