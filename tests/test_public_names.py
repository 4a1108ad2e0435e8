"""The one door to our own objects by name, and what is behind it."""

from __future__ import annotations

import pytest

import torchkeras_compat
from torchkeras_compat import layers, ops, public_names
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.optimizers.schedules import CosineDecay


def test_a_path_names_a_namespace_a_module_or_what_it_holds() -> None:
    assert public_names.named("") is public_names.namespace("") is torchkeras_compat
    assert public_names.named("ops") is public_names.namespace("ops")
    assert public_names.named("layers.Dense") is layers.Dense
    assert public_names.named("models.functional.Functional") is Functional


@pytest.mark.parametrize("path", ["nothing", "layers.Nothing", "layers.core.dense.Nothing"])
def test_a_path_that_names_nothing_is_an_attribute_error_that_says_which(path: str) -> None:
    with pytest.raises(AttributeError, match=path.rpartition(".")[2]):
        public_names.named(path)


def test_a_class_is_public_where_it_is_listed_under_its_own_name() -> None:
    class Dense(layers.Dense):
        pass

    assert public_names.lists("layers", layers.Dense)
    assert not public_names.lists("layers", Dense)
    assert not public_names.lists("models", Functional)


@pytest.mark.parametrize(
    ("found", "module"),
    [
        (layers.Dense, "keras.layers"),
        (ops.relu, "keras.ops"),
        (CosineDecay, "keras.optimizers.schedules"),
        (torchkeras_compat.DTypePolicy, "keras"),
        (Functional, None),
        (dict, None),
    ],
)
def test_the_public_module_of_an_object_is_keras_s_name_of_its_namespace(found: object, module: str | None) -> None:
    assert public_names.public_module(found) == module


def test_all_names_are_those_of_every_namespace() -> None:
    assert {"Dense", "CosineDecay", "relu", "load_model"} <= public_names.all_names()
