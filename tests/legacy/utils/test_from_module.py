from __future__ import annotations

import pytest

from torchkeras_compat import initializers
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.errors import UnknownNameError
from torchkeras_compat.legacy.utils.from_module import get_from_module


def test_names_are_looked_up():
    known = {"Constant": initializers.Constant}
    assert get_from_module("Constant", known, "initializer") is initializers.Constant
    assert get_from_module("Constant", known, "initializer", True, {"value": 3}).value == 3
    given = {"name": "Constant", "value": 2}
    assert get_from_module(given, known, "initializer").value == 2 and given["name"] == "Constant"
    assert get_from_module(len, known, "initializer") is len
    with custom_object_scope({"Mine": len}):
        assert get_from_module("Mine", known, "initializer") is len
    for unknown in ("constant", {"value": 3}):
        with pytest.raises(UnknownNameError, match="Invalid initializer"):
            get_from_module(unknown, known, "initializer")
