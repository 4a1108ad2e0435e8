"""Custom objects: scopes and registration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from torchkeras_compat import custom_objects
from torchkeras_compat.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)


class Thing:
    """Something that the user has written."""

    def get_config(self) -> dict[str, object]:
        return {}


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Leave no registration behind."""
    before, names = dict(get_custom_objects()), dict(custom_objects._registered_names)
    yield
    get_custom_objects().clear()
    get_custom_objects().update(before)
    custom_objects._registered_names.clear()
    custom_objects._registered_names.update(names)


@pytest.mark.parametrize("scope", [custom_object_scope, CustomObjectScope])
def test_an_object_is_known_inside_a_scope_only(scope) -> None:
    with scope({"Thing": Thing}):
        assert get_registered_object("Thing") is Thing
    assert get_registered_object("Thing") is None


def test_the_inner_scope_comes_first_then_the_outer_one_then_what_is_registered() -> None:
    get_custom_objects()["Thing"] = "registered"
    with custom_object_scope({"Thing": "outer"}), custom_object_scope({"Thing": "inner"}):
        assert [table["Thing"] for table in custom_objects.tables()] == ["inner", "outer", "registered"]
        assert get_registered_object("Thing", {"Thing": "given"}) == "inner"
    assert get_registered_object("Other", {"Other": "given"}, {"Other": "of a module"}) == "given"


def test_a_registered_object_has_the_name_of_its_package() -> None:
    assert register_keras_serializable("mine", "Renamed")(Thing) is Thing
    assert get_registered_name(Thing) == "mine>Renamed"
    assert get_registered_object("mine>Renamed") is Thing
    assert get_registered_name(dict) == "dict"


def test_a_class_without_get_config_is_not_registered() -> None:
    with pytest.raises(ValueError, match=r"does not have a get_config\(\) method. Add one to 'Bare'"):
        register_keras_serializable()(type("Bare", (), {}))
