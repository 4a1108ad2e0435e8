"""Imports of our own package: at the top of a module, or with the reason beside them; by a computed name nowhere."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "torchkeras_compat"
NAMES = [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

# Where a module is imported whose name is not in the code, and what it is. Ours are asked for in `public_names`.
IMPORTS_BY_NAME = {
    "public_names.py": "the one door to our own package",
    "public_face.py": "the modules that the stub of a public namespace lists",
    "data/archive.py": "a module of the standard library for the compression of an archive",
    "dialects/private_functions.py": "an optional library that Keras imports on first use: `LazyModule`",
    "dialects/private_view.py": "a module that stands for one below `keras.src`",
    "dialects/view.py": "a module that stands for one of Keras or TensorFlow: `keras.layers`",
    "export/converters.py": "an optional library that writes a format: onnx, openvino, litert_torch",
    "initializers/fourier.py": "an optional library: scipy.signal",
    "layers/foreign/libraries.py": "an optional library: jax, flax or tensorflow",
    "notes/namespace.py": "what a note would import itself: keras, numpy, pandas",
    "notes/run.py": "the code of a note, which is run",
    "training/tracing/mentioned_names.py": "a name that code in a recorded step may not use",
    "training/tracing/source.py": "the lines of a recorded step, made of names and numbers that are written here",
    "notes/shell.py": "a script that a note runs by `%run`, and a name that it asks help for",
    "plugins/plugin_set.py": "a module with hooks, which the user names",
    "stored_code.py": "what a lambda of a file may use, where the user lets it run: built-in functions",
    "testing/plugin.py": "a module with hooks, which the user names",
}


# What imports a module by a name, or runs code that may.
WAYS = frozenset(
    "import_module __import__ _gcd_import exec_module load_module module_from_spec resolve_name reload"
    " run_module run_path runpy pkgutil walk_packages iter_modules zipimport __builtins__ exec eval".split()
)


def _mentions(tree: ast.AST) -> Iterator[ast.AST]:
    """The places that mention such a way: by its name, that of another module's, or as a string, for `getattr`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=value, attr="eval"):  # `model.eval()`, which is torch's
                found = ast.unparse(value) in ("builtins", "__builtins__")
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found = name in WAYS
            case ast.Constant(value=str(name)):  # the others are words of configs and of `compile`, too
                found = name in WAYS - {"exec", "eval"}
            case ast.ImportFrom(module=str(name)):
                found = name in WAYS
            case _:
                found = False
        if found:
            yield node


def _imports_by_name(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in WAYS:
            yield node


def _public_faces(tree: ast.AST) -> Iterator[str]:
    """What is imported from the package itself or from a namespace, and is not a module: it loads what lies above."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.asname is None or "." not in alias.name]
            yield from (name for name in names if name.partition(".")[0] == "torchkeras_compat")
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "torchkeras_compat":
            folder = PACKAGE.joinpath(*str(node.module).split(".")[1:])
            for alias in node.names if folder.is_dir() else ():
                if not (folder / alias.name).is_dir() and not (folder / f"{alias.name}.py").is_file():
                    yield f"{node.module}.{alias.name}"


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


@functools.cache
def _tree(name: str) -> ast.Module:
    return ast.parse((PACKAGE / name).read_text(encoding="utf-8"))


def test_only_the_door_imports_our_own_modules_by_name() -> None:
    assert {name for name in NAMES if any(_mentions(_tree(name)))} == set(IMPORTS_BY_NAME)


@pytest.mark.parametrize(
    "code",
    [
        "importlib.import_module(name)",
        "from importlib import import_module as load\nload(name)",
        "load = importlib.import_module",
        "getattr(importlib, 'import_module')(name)",
        "__import__(name)",
        "importlib.__import__(name)",
        "import importlib._bootstrap as b\nb._gcd_import(name)",
        "importlib.reload(module)",
        "spec.loader.exec_module(importlib.util.module_from_spec(spec))",
        "pkgutil.resolve_name(name)",
        "from pkgutil import walk_packages as walk",
        "import runpy as r\nr.run_module(name)",
        "from runpy import run_path as r",
        "exec('import ' + name)",
        "eval('__import__')(name)",
        "import builtins\nbuiltins.eval(name)",
        "vars(__builtins__)['__imp' + 'ort__'](name)",
    ],
)
def test_a_way_to_import_by_name_is_seen(code: str) -> None:
    assert list(_mentions(ast.parse(code)))


def test_lazy_loader_is_for_public_namespaces() -> None:
    users = {name for name in NAMES if "lazy_loader" in {node.name for node in _aliases(_tree(name))}}
    assert {name.rpartition("/")[2] for name in users} == {"__init__.py"}
    for name in users:
        calls = [node for node in ast.walk(_tree(name)) if isinstance(node, ast.Call)]
        assert [ast.unparse(call) for call in calls] == ["lazy_loader.attach_stub(__name__, __file__)"], name


def _aliases(tree: ast.AST) -> Iterator[ast.alias]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.alias))


def test_nothing_inside_imports_a_public_face() -> None:
    """It would load what lies above, past the contract: `from torchkeras_compat import Model`."""
    assert {name: found for name in NAMES if (found := list(_public_faces(_tree(name))))} == {}


def test_no_name_of_ours_is_given_to_an_import_by_name() -> None:
    for name in sorted(set(IMPORTS_BY_NAME) - {"public_names.py"}):
        for call in _imports_by_name(_tree(name)):
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
