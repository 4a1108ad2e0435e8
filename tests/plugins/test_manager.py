"""The plugins in use: registered, taken out, isolated, and asked for what a file means."""

from __future__ import annotations

import types
from collections.abc import Iterator

import pytest

from torchkeras_compat.errors import PluginError
from torchkeras_compat.plugins import manager


class Thing:
    """Stands for a layer."""


@pytest.fixture(autouse=True)
def no_plugins() -> Iterator[None]:
    """Begin with none, and leave none behind."""
    with manager.isolated_plugins():
        yield


def plugin(name: str, **hooks: object) -> types.ModuleType:
    module = types.ModuleType(name)
    vars(module).update(hooks)
    return module


def test_a_name_can_be_registered_once() -> None:
    manager.register_plugin(plugin("mine"))
    with pytest.raises(PluginError, match="'mine' is registered already"):
        manager.register_plugin(plugin("mine"))
    manager.unregister_plugin("mine")
    manager.register_plugin(plugin("mine"))


def test_taking_out_an_unknown_plugin_is_an_error() -> None:
    manager.register_plugin(plugin("mine"))
    with pytest.raises(PluginError, match="No plugin is registered as 'mime'. Did you mean 'mine'"):
        manager.unregister_plugin("mime")


def test_isolated_plugins_leave_no_trace() -> None:
    with manager.isolated_plugins():
        manager.register_plugin(plugin("mine"))
    assert manager.installed() == {}


def test_a_file_finds_what_a_plugin_offers_by_module_and_name() -> None:
    manager.register_plugin(plugin("mine", torchkeras_layers=lambda: {"Known": Thing}))
    layers = ("layers",)
    assert manager.find_in_file(layers, __name__, "Thing") == ("layers", Thing)
    assert manager.find_in_file(layers, __name__, "Thing", "mine>Known") == ("layers", Thing)
    assert manager.find_in_file(layers, "elsewhere", "Renamed", "mine>Known") == ("layers", Thing)
    assert manager.find_in_file(layers, "keras.layers", "Known") == ("layers", Thing)
    assert manager.find_in_file(("losses", "initializers"), __name__, "Thing", "mine>Known") == ("", None)
    assert manager.find_in_file(layers, "elsewhere", "Thing") == ("", None)
    assert manager.find_in_file(layers, __name__, "Other", "Other") == ("", None)
