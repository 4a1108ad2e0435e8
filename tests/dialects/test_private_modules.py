"""The table of Keras's private modules is that of the installed Keras."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from torchkeras_compat.dialects.private_modules import MODULES, is_private_module

LEFT_OUT = {"jax", "tensorflow", "openvino", "numpy", "testing", "tests"}


def test_the_table_has_the_modules_of_keras() -> None:
    spec = find_spec("keras")
    assert spec is not None and spec.origin is not None
    root = Path(spec.origin).parent / "src"
    missing = []
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        if LEFT_OUT & set(parts) or parts[-1].endswith("_test") or parts[-1] == "__init__" or "optimizers" in parts[2:]:
            continue
        if not is_private_module(".".join(parts)):
            missing.append(parts)
    assert missing == []


def test_no_name_stands_twice() -> None:
    for names in MODULES.values():
        assert len(names.split()) == len(set(names.split()))


def test_other_paths_lead_nowhere() -> None:
    assert is_private_module("")
    assert not is_private_module("layers.core.nothing")
    assert not is_private_module("nothing.dense")
