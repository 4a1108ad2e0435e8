from __future__ import annotations

import math
import subprocess
import sys

import pytest

from torchkeras_compat.export.converters import converter, is_installed


def test_what_is_installed_is_imported():
    assert converter("Numbers", ("math",), "pip install math") == [math]
    assert is_installed("math") and not is_installed("no_such_package_at_all")


def test_what_is_missing_is_named_with_the_command_that_installs_it():
    with pytest.raises(ImportError, match=r"(?s)by math and no_such_package.*no_such_package is not.*pip install it"):
        converter("ONNX", ("math", "no_such_package"), "pip install it")


def test_names_that_mean_this_package_are_looked_up_behind_it():
    """In a process of its own, where no real Keras is imported."""
    code = """
import importlib.util
names = ("keras", "tensorflow", "tf_keras")
before = [importlib.util.find_spec(name) is not None for name in names]
import torchkeras_compat
from torchkeras_compat.export.converters import is_installed
torchkeras_compat.install_as_keras()
assert [is_installed(name) for name in names] == before
import keras, tensorflow
assert [is_installed(name) for name in names] == before
"""
    subprocess.run([sys.executable, "-c", code], check=True)
