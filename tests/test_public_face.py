"""The public face: every name loads, the list is Keras's with each difference accounted for, the import is light."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import torchkeras_compat

PACKAGE = Path(torchkeras_compat.__file__).parent
STUBS = sorted(PACKAGE.rglob("__init__.pyi"))
NAMESPACES = [".".join(("torchkeras_compat", *stub.parent.relative_to(PACKAGE).parts)) for stub in STUBS]
KERAS_NAMES: dict[str, list[str]] = json.loads((Path(__file__).parent / "keras_public_names.json").read_text())
DIFFERENCES = tomllib.loads((Path(__file__).parent / "keras_differences.toml").read_text())

# What `import torchkeras_compat` may load beyond torch and the standard library.
LOADED_BY_A_BARE_IMPORT = {"torchkeras_compat", "lazy_loader"}


def ours(namespace: str) -> set[str]:
    module = importlib.import_module(namespace.replace("keras", "torchkeras_compat", 1))
    return {name for name in dir(module) if not name.startswith("_")}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_name_of_a_stub_loads(namespace: str) -> None:
    module = importlib.import_module(namespace)
    for name in dir(module):
        assert getattr(module, name) is not None or name


@pytest.mark.parametrize("stub", STUBS, ids=NAMESPACES)
def test_the_list_of_a_stub_is_complete(stub: Path) -> None:
    tree = ast.parse(stub.read_text())
    imported = {a.asname or a.name for node in tree.body if isinstance(node, ast.ImportFrom) for a in node.names}
    listed = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert listed and sorted(listed[0]) == sorted(imported)


def test_every_name_loads_eagerly() -> None:
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    env = {**os.environ, "EAGER_IMPORT": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *NAMESPACES], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_bare_import_is_light() -> None:
    code = "import sys, torch; before = set(sys.modules); import torchkeras_compat; print(*(set(sys.modules) - before))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {name for name in out.split() if name.partition(".")[0] not in sys.stdlib_module_names}
    assert loaded == LOADED_BY_A_BARE_IMPORT


def test_the_table_of_keras_names_is_that_of_keras(real_keras) -> None:
    for namespace, names in KERAS_NAMES.items():
        module = importlib.import_module(namespace)
        assert set(names) <= set(dir(module)), namespace


@pytest.mark.parametrize("namespace", sorted(KERAS_NAMES))
def test_names_are_those_of_keras_and_each_difference_has_its_reason(namespace: str) -> None:
    absent = DIFFERENCES["absent"]
    if namespace in absent["namespaces"]:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(namespace.replace("keras", "torchkeras_compat", 1))
        return
    mine, theirs = ours(namespace), set(KERAS_NAMES[namespace])
    missing = set(absent["names"].get(namespace, {}))
    extra = set(DIFFERENCES["added"].get(namespace, {}))
    submodules = {n.rpartition(".")[2] for n in KERAS_NAMES if n.rpartition(".")[0] == namespace}
    assert theirs - mine == missing, f"names of {namespace} that are absent here, without or beyond the table"
    assert mine - theirs - submodules == extra, (
        f"names of {namespace} that Keras does not have, without or beyond the table"
    )


def test_namespaces_that_keras_does_not_have_are_in_the_table() -> None:
    keras = {name.replace("keras", "torchkeras_compat", 1) for name in KERAS_NAMES}
    assert set(NAMESPACES) - keras == {f"torchkeras_compat.{name}" for name in DIFFERENCES["added_namespaces"]}
