"""Look-up by kind: custom objects, then built-ins, then plugins."""

from __future__ import annotations

import pytest

from torchkeras_compat import activations, layers, losses, registry
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.errors import FileSafetyError, UnknownNameError
from torchkeras_compat.plugins import isolated_plugins
from torchkeras_compat.plugins.config_source import reading_file


class Own(losses.Loss):
    """A loss of the user's, or of a plugin."""


def torchkeras_losses() -> dict[str, type]:
    return {"Own": Own}


def test_custom_objects_come_before_built_ins_and_these_before_plugins() -> None:
    def torchkeras_activations():
        return {"relu": abs, "sized": abs}

    with isolated_plugins(torchkeras_activations):
        assert registry.lookup("activations", "relu") is activations.relu
        assert registry.lookup("activations", "sized") is abs
        with custom_object_scope({"relu": abs}):
            assert registry.lookup("activations", "relu") is abs


def test_an_alias_is_a_further_name() -> None:
    assert registry.lookup("losses", "mse", {"mse": "MeanSquaredError"}) is losses.MeanSquaredError


def test_a_class_of_another_kind_is_passed_over() -> None:
    with custom_object_scope({"Mine": layers.Dense}):
        assert registry.find_custom(("layers",), "Mine") is layers.Dense
        assert registry.find_custom(("losses",), "Mine") is None


def test_an_unknown_name_offers_those_in_scope() -> None:
    with (
        isolated_plugins(),
        custom_object_scope({"wobble": abs}),
        pytest.raises(UnknownNameError, match="Unknown name 'wobbel' in activations. Did you mean 'wobble'?"),
    ):
        registry.lookup("activations", "wobbel")


def test_a_file_finds_nothing_of_a_plugin_that_is_not_declared_safe_unless_the_user_passes_it() -> None:
    with isolated_plugins(torchkeras_losses), reading_file("model.keras"):
        with pytest.raises(FileSafetyError, match="'model.keras' names 'Own' of the plugin 'draft'"):
            registry.lookup("losses", "own")
        with custom_object_scope({"Own": Own}):
            registry.check_plugin_object("losses", Own)
