"""Functions that can be read without scrolling: at most 60 lines of code each, counted without the docstring."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import torchkeras_compat

MOST = 60
PACKAGES = ["training"]


def functions(package: str) -> Iterator[tuple[str, int]]:
    """Yield each function of a package with its lines, from the signature to the end, without the docstring."""
    root = Path(torchkeras_compat.__file__).parent / package
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = node.end_lineno - node.lineno + 1
                if ast.get_docstring(node, clean=False) is not None:
                    lines -= node.body[0].end_lineno - node.body[0].lineno + 1
                yield f"{path.relative_to(root.parent)}:{node.lineno} {node.name}", lines


@pytest.mark.parametrize("package", PACKAGES)
def test_no_function_is_longer_than_sixty_lines(package):
    found = dict(functions(package))
    assert len(found) > 10
    assert {name: lines for name, lines in found.items() if lines > MOST} == {}
