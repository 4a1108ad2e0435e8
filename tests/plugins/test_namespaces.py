"""Names of plugins as attributes of the public namespaces."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import types

import pytest

from torchkeras_compat import layers, losses
from torchkeras_compat.dialects.dialect import KERAS3
from torchkeras_compat.dialects.view import KerasView
from torchkeras_compat.errors import NameClashError
from torchkeras_compat.kinds import KINDS
from torchkeras_compat.plugins import register_plugin, unregister_plugin
from torchkeras_compat.plugins.info import CONFIG_KINDS, OFFERED_KINDS

NAMESPACES = {kind: KINDS[kind].spaces[0] for kind in (*CONFIG_KINDS, "callbacks")}


class Mine:
    """Something that a plugin offers."""


@pytest.mark.parametrize("kind", NAMESPACES)
def test_a_name_of_a_plugin_is_an_attribute_of_its_namespace_while_it_is_registered(kind: str) -> None:
    namespace = importlib.import_module(f"torchkeras_compat.{NAMESPACES[kind]}")
    plugin = types.ModuleType("mine")
    setattr(plugin, f"torchkeras_{kind}", lambda: {"Mine": Mine})
    register_plugin(plugin)
    assert namespace.Mine is Mine
    assert "Mine" not in dir(namespace)
    for other in set(NAMESPACES.values()) - {NAMESPACES[kind]}:
        assert not hasattr(importlib.import_module(f"torchkeras_compat.{other}"), "Mine")
    unregister_plugin("mine")
    with pytest.raises(AttributeError, match="has no attribute 'Mine'"):
        namespace.Mine  # noqa: B018


def test_only_the_name_as_written_is_one_and_no_private_or_qualified_one() -> None:
    plugin = types.ModuleType("mine")
    plugin.torchkeras_losses = lambda: {"MyLoss": Mine, ">Other": Mine, "_hidden": Mine}
    register_plugin(plugin)
    assert losses.MyLoss is Mine
    assert not any(hasattr(losses, name) for name in ("my_loss", "Other", "_hidden"))


def test_built_in_names_come_first_and_clashes_name_both_plugins() -> None:
    for name in ("one", "two"):
        plugin = types.ModuleType(name)
        found = type("Mine", (), {})
        plugin.torchkeras_losses = lambda found=found: {"Mine": found, "Huber": found}
        register_plugin(plugin)
    assert losses.Huber.__module__.startswith("torchkeras_compat.")
    with pytest.raises(NameClashError, match="'two' and plugin 'one'"):
        losses.Mine  # noqa: B018


def test_a_note_that_imports_keras_finds_them() -> None:
    plugin = types.ModuleType("mine")
    plugin.torchkeras_layers = lambda: {"Mine": Mine}
    register_plugin(plugin)
    for name in ("keras.layers", "tensorflow.keras.layers"):
        assert KerasView(name, "layers", [layers], KERAS3).Mine is Mine


@pytest.mark.slow
def test_modules_of_the_package_are_imported_without_loading_plugins() -> None:
    code = """
import importlib.metadata, torch
importlib.metadata.entry_points = lambda **params: 1 / 0
from torchkeras_compat.losses import base
from torchkeras_compat.layers import core, Dense
from torchkeras_compat import Sequential
model = Sequential([Dense(1, activation=lambda x: x)])
model.compile("sgd", lambda y_true, y_pred: y_pred.mean())
try:
    from torchkeras_compat.layers import Unknown
except ZeroDivisionError:
    print("looked for plugins")
"""
    environment = {**os.environ, "TORCHKERAS_PLUGINS": "x"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "looked for plugins\n"


def test_the_namespaces_of_kinds_are_the_ones_open_to_plugins() -> None:
    assert set(NAMESPACES) <= set(OFFERED_KINDS)
    for path in NAMESPACES.values():
        namespace = importlib.import_module(f"torchkeras_compat.{path}")
        assert namespace.__getattr__.__module__ == "torchkeras_compat.plugins.namespaces"
