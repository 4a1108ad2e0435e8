"""Imports of our own package: at the top of a module, or with the reason beside them; by a computed name nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "torchkeras_compat"
NAMES = [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

# Where a module is imported whose name is not in the code, and what it is. Ours are asked for in `public_names`.
IMPORTS_BY_NAME = {
    "public_names.py": "the one door to our own package",
    "public_face.py": "the modules that the stub of a public namespace lists",
    "data/archive.py": "a module of the standard library for the compression of an archive",
    "dialects/view.py": "a module that stands for one of Keras or TensorFlow: `keras.layers`",
    "initializers/fourier.py": "an optional library: scipy.signal",
    "notes/namespace.py": "what a note would import itself: keras, numpy, pandas",
    "plugins/plugin_set.py": "a module with hooks, which the user names",
    "testing/plugin.py": "a module with hooks, which the user names",
}


def _imports_by_name(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
            "import_module",
            "__import__",
            "exec_module",
            "load_module",
            "resolve_name",
        ):
            yield node


def _own_imports_in_functions(node: ast.AST, inside: bool = False) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if inside and isinstance(child, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in child.names] if isinstance(child, ast.Import) else [child.module or ""]
            is_relative = isinstance(child, ast.ImportFrom) and child.level > 0
            if is_relative or any(name.partition(".")[0] == "torchkeras_compat" for name in names):
                yield child
        yield from _own_imports_in_functions(child, inside or isinstance(child, FUNCTIONS))


def _reason(lines: list[str], node: ast.stmt) -> str:
    """The comment on the lines of an import, or alone on the line above."""
    on_it = " ".join(lines[node.lineno - 1 : node.end_lineno]).partition("#")[2]
    above = lines[node.lineno - 2].strip()
    return (on_it or (above[1:] if above.startswith("#") else "")).strip()


def test_only_the_door_imports_our_own_modules_by_name() -> None:
    found = {name for name in NAMES if any(_imports_by_name(ast.parse((PACKAGE / name).read_text(encoding="utf-8"))))}
    assert found == set(IMPORTS_BY_NAME)


def test_no_name_of_ours_is_given_to_an_import_by_name() -> None:
    for name in sorted(set(IMPORTS_BY_NAME) - {"public_names.py"}):
        for call in _imports_by_name(ast.parse((PACKAGE / name).read_text(encoding="utf-8"))):
            assert "torchkeras_compat" not in ast.unparse(call), f"{name}:{call.lineno}: use `public_names`"


def test_an_import_of_ours_in_a_function_has_its_reason_and_figure() -> None:
    """An optional library, or a measured cost of the start: "35 ms", say. Breaking a cycle is not a reason."""
    without = []
    for name in NAMES:
        text = (PACKAGE / name).read_text(encoding="utf-8")
        for node in _own_imports_in_functions(ast.parse(text)):
            if not re.search(r"\boptional\b|\d m?s\b", _reason(text.splitlines(), node)):
                without.append(f"{name}:{node.lineno}: {ast.unparse(node)}")
    assert without == []
