"""The table of planted defects in the documentation is that of the tests, and has a defect for every check."""

from __future__ import annotations

import re
from pathlib import Path

from tests.testing import planted_defects as planted
from torchkeras_compat.testing.plugin import all_checks

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "testing.md"


def test_every_check_has_a_planted_defect_and_a_row_in_the_documentation() -> None:
    expected = [(kind, check) for kind in planted.KINDS for check in planted.defects(kind)]
    shown = re.findall(r"^\| ([a-z_ ]+) \| (\w+) \| [^|]+ \| \2 \|$", PAGE.read_text(), flags=re.MULTILINE)
    assert shown == expected
    checks = {(kind.replace(" ", "_"), one.name) for kind, found in all_checks().items() for one in found}
    assert checks == set(expected)
