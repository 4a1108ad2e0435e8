"""Which plugins a file needs."""

from __future__ import annotations

import pytest

from torchkeras_compat.plugins import isolated_plugins
from torchkeras_compat.plugins.requirements import advice, requirements


class Thing:
    """Something that a plugin offers."""


def torchkeras_losses() -> dict[str, type]:
    return {"Thing": Thing}


def test_the_plugins_of_classes_are_listed_once_with_the_names_needed() -> None:
    with isolated_plugins(torchkeras_losses):
        needed = requirements([Thing, int, Thing])
        assert needed == [{"plugin": "draft", "package": None, "version": None, "names": ["Thing"]}]
        assert advice(needed) == ""
    with isolated_plugins():
        assert (
            advice(needed)
            == "The file uses Thing of the plugin 'draft', which belongs to no package: register it first."
        )


def test_a_missing_package_is_named_with_its_version() -> None:
    with isolated_plugins():
        assert "pip install far-away==1.2 " in advice([{"plugin": "far", "package": "far-away", "version": "1.2"}])


@pytest.mark.parametrize("package", ["far away; rm -rf /", "--index-url=x", 3])
def test_what_is_not_the_name_of_a_package_is_not_repeated_in_a_command(package: object) -> None:
    with isolated_plugins():
        assert "pip" not in advice([{"plugin": "far", "package": package}])


@pytest.mark.parametrize("needed", [None, "far", [3], [{"plugin": 3}], {}])
def test_anything_else_is_passed_over(needed: object) -> None:
    assert advice(needed) == ""
