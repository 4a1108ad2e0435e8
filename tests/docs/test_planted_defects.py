"""The table of planted defects in the documentation is that of the tests, and has a defect for every check."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from torchkeras_compat.testing.plugin import all_checks

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "testing.md"


@pytest.fixture(scope="module")
def planted() -> ModuleType:
    """The module that prints the table."""
    specification = importlib.util.spec_from_file_location("planted_defects", HERE / "planted_defects.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_every_check_has_a_planted_defect_and_a_row_in_the_documentation(planted: ModuleType) -> None:
    expected = [(kind, check) for kind in planted.KINDS for check in planted.defects(kind)]
    shown = re.findall(r"^\| ([a-z_ ]+) \| (\w+) \| [^|]+ \| \2 \|$", PAGE.read_text(), flags=re.MULTILINE)
    assert shown == expected
    checks = {(kind.replace(" ", "_"), one.name) for kind, found in all_checks().items() for one in found}
    assert checks == set(expected)
