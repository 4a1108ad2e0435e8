from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from torchkeras_compat.dialects.names.backend import EARLIER_ROWS, ROWS
from torchkeras_compat.public_names import named

# Arguments of the functions of Keras 1.2.2, Keras 2.3.1 and tf.keras 2.15, as their signatures have them.
SIGNATURES = json.loads((Path(__file__).parent / "backend_signatures.json").read_text())

# Names of arguments that nobody gives by name, and defaults that mean the same.
EQUAL_IN_MEANING = {
    ("1.2.2", "batch_get_value"),
    ("2.3.1", "batch_get_value"),
    ("2.3.1", "normalize_data_format"),
    ("1.2.2", "temporal_padding"),
    ("1.2.2", "function"),
    ("1.2.2", "l2_normalize"),
}


def test_every_target_is_there() -> None:
    assert [row.path for row in (*ROWS, *EARLIER_ROWS) if not callable(named(row.target))] == []


def test_no_path_is_given_twice_for_a_version() -> None:
    assert len({row.path for row in ROWS}) == len(ROWS)
    assert len({(row.path, row.versions) for row in EARLIER_ROWS}) == len(EARLIER_ROWS)
    assert {row.path for row in EARLIER_ROWS} <= {row.path for row in ROWS}


def meant(name: str, version: str) -> Callable[..., Any]:
    """Return what a name of the backend means in a version."""
    rows = [row for row in EARLIER_ROWS if row.path == f"backend.{name}" and row.versions[0] == version[0]]
    rows = [row for row in rows if version != "2.15.0"] + [row for row in ROWS if row.path == f"backend.{name}"]
    found: Callable[..., Any] = named(rows[0].target)
    return found


@pytest.mark.parametrize(("version", "name"), [(v, name) for v, names in SIGNATURES.items() for name in names])
def test_arguments_have_their_names_places_and_defaults(version: str, name: str) -> None:
    definition = ast.parse(f"def f({SIGNATURES[version][name]}): pass").body[0]
    assert isinstance(definition, ast.FunctionDef)
    arguments = definition.args
    defaults = [ast.literal_eval(default) for default in arguments.defaults]
    old = dict.fromkeys([a.arg for a in arguments.args], inspect.Parameter.empty)
    old.update(zip(list(old)[len(old) - len(defaults) :], defaults, strict=True))
    own = {p.name: p.default for p in inspect.signature(meant(name, version)).parameters.values()}
    if (version, name) not in EQUAL_IN_MEANING:
        assert list(own.items())[: len(old)] == list(old.items())
