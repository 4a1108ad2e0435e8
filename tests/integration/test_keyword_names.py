"""Public functions take their arguments by Keras's names, in Keras's order."""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Iterator
from typing import Any

import torchkeras_compat

SPACES = (
    *("activations", "backend", "callbacks", "config", "constraints", "datasets", "dtype_policies", "initializers"),
    *("layers", "losses", "metrics", "mixed_precision", "models", "ops", "optimizers", "preprocessing", "random"),
    *("regularizers", "saving", "tree", "utils"),
)
# Arguments that only we have, behind Keras's.
OWN = {"limits", "kwargs"}
# `kwargs` of Keras that nothing reads.
NOT_READ = {"models.clone_model": "kwargs"}


def functions(path: str, space: Any, seen: set[str]) -> Iterator[tuple[str, Any]]:
    for name in sorted(set(dir(space)) - {"src"}):
        if name.startswith("_"):
            continue
        found, at = getattr(space, name), f"{path}.{name}".lstrip(".")
        if isinstance(found, types.ModuleType):
            if found.__name__.startswith("keras") and found.__name__ not in seen:
                seen.add(found.__name__)
                yield from functions(at, found, seen)
        elif inspect.isfunction(found):
            yield at, found


def names(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def ours(path: str) -> Any:
    found: Any = torchkeras_compat
    for part in path.split("."):
        found = getattr(found, part, None)
    return found


def test_functions_have_the_names_of_keras(real_keras) -> None:
    differing = {}
    checked = 0
    for space in SPACES:
        importlib.import_module(f"keras.{space}")
    for path, theirs in functions("", real_keras, set()):
        mine = ours(path)
        if mine is None or path.split(".")[0] not in (*SPACES, "device", "version", "Input"):
            continue
        checked += 1
        expected = [name for name in names(theirs) if name != NOT_READ.get(path)]
        found = names(mine)
        if [name for name in found if name not in OWN - set(expected)] != expected:
            differing[path] = (expected, found)
    assert not differing
    assert checked > 500


def test_scopes_take_custom_objects_by_name() -> None:
    with torchkeras_compat.utils.custom_object_scope(custom_objects={"double": abs}):
        assert torchkeras_compat.saving.get_registered_object("double") is abs
    with torchkeras_compat.saving.CustomObjectScope(custom_objects={"double": abs}):
        assert torchkeras_compat.saving.get_registered_object("double") is abs
