"""What a file may make of a plugin's."""

from __future__ import annotations

import pytest

from torchkeras_compat.errors import FileSafetyError
from torchkeras_compat.plugins import isolated_plugins, manager
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.plugins.file_safety import check_file_safe, check_safe, is_file_safe


class Safe:
    """Something that does nothing but be made."""


class Unsafe:
    """Something else."""


def torchkeras_losses() -> dict[str, type]:
    return {"Safe": Safe, "Unsafe": Unsafe}


def by_name() -> dict[str, list[str]]:
    return {"losses": ["Safe"]}


def by_object() -> list[type]:
    return [Safe]


@pytest.mark.parametrize("declared", [by_name, by_object])
def test_a_file_may_make_what_the_plugin_declares_safe(declared) -> None:
    def torchkeras_file_safe():
        return declared()

    with isolated_plugins(torchkeras_losses, torchkeras_file_safe):
        safety = {offer.name: is_file_safe("losses", offer) for offer in manager.offers("losses")}
        assert safety == {"Safe": True, "Unsafe": False}
        with reading_file("model.keras"):
            check_file_safe("losses", Safe)
            with pytest.raises(FileSafetyError, match=r"allow it by `custom_objects=\{'Unsafe': Unsafe\}`"):
                check_file_safe("losses", Unsafe)
        check_file_safe("losses", Unsafe)  # no file is being read


@pytest.mark.parametrize("answer", ["Safe", {"callbacks": ["Safe"]}, {"losses": "Safe"}, ["Safe"], 3])
def test_an_answer_that_says_something_else_is_refused(answer: object) -> None:
    with pytest.raises(TypeError, match="it must return names by kind"):
        check_safe(answer)
