from __future__ import annotations

import math

import pytest

from torchkeras_compat.export.converters import converter, is_installed


def test_what_is_installed_is_imported():
    assert converter("Numbers", ("math",), "pip install math") == [math]
    assert is_installed("math") and not is_installed("no_such_package_at_all")


def test_what_is_missing_is_named_with_the_command_that_installs_it():
    with pytest.raises(ImportError, match=r"(?s)by math and no_such_package.*no_such_package is not.*pip install it"):
        converter("ONNX", ("math", "no_such_package"), "pip install it")
