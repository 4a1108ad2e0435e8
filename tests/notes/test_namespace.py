"""Names that Markdown notes need not import."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.layers import Dense
from torchkeras_compat.notes.late_names import MISSING
from torchkeras_compat.notes.namespace import all_names, predefined


@pytest.fixture(autouse=True)
def installed(hidden_keras):
    with install_as_keras():
        yield


def test_names_of_keras_and_its_companions_are_found() -> None:
    assert isinstance(predefined("Dense"), type)
    assert issubclass(predefined("Dense"), Dense)
    assert predefined("np") is np
    assert [predefined(name).__name__ for name in ("os", "F", "nn")] == ["os", "torch.nn.functional", "torch.nn"]
    assert predefined("no_such_name") is MISSING
    assert predefined("_private") is MISSING


def test_a_package_that_is_not_installed_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "seaborn", None)
    with pytest.raises(ModuleNotFoundError, match="seaborn"):
        predefined("sns")


def test_all_names_are_for_suggestions() -> None:
    assert {"Dense", "Sequential", "np", "plt"} <= set(all_names())
