"""The script that Keras on TensorFlow runs: what it does is tested in `test_saved_model_format.py`."""

from __future__ import annotations

import ast
from pathlib import Path

from torchkeras_compat.export import saved_model_format


def test_it_imports_nothing_of_this_package():
    tree = ast.parse(Path(saved_model_format._SCRIPT).read_text())
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert names == {"functools", "json", "keras", "sys"}


def test_importing_it_does_nothing():
    import torchkeras_compat.export.saved_model_script as script

    assert "request" not in vars(script)
