"""Tests lie where the source lies, under its name; ``python -m tests.integration.test_layout`` lists what has none.

`tests/a/b/test_c.py` tests `torchkeras_compat/a/b/c.py`, or what all modules of the package `torchkeras_compat/a/b/c/`
have in common. What crosses packages lies in one of `CROSSING`.
"""

from __future__ import annotations

from pathlib import Path

import torchkeras_compat

SOURCE = Path(torchkeras_compat.__file__).parent
TESTS = Path(__file__).parents[1]
CROSSING = {"benchmarks", "conformance", "docs", "fuzz", "integration", "packages", "security"}
OF_FILES_BESIDE = {"notes/test_scripts.py"}  # which it runs
WITHOUT_TESTS = TESTS / "modules_without_tests.txt"


def without_source() -> list[str]:
    """Test modules that test no module or package of their name, but those that cross packages."""
    paths = [path.relative_to(TESTS) for path in sorted(TESTS.rglob("test_*.py"))]
    named = {path: SOURCE / path.parent / path.stem.removeprefix("test_") for path in paths}
    return [
        path.as_posix()
        for path, source in named.items()
        if path.parts[0] not in CROSSING
        and path.as_posix() not in OF_FILES_BESIDE
        and not source.is_dir()
        and not source.with_suffix(".py").exists()
    ]


def without_tests() -> list[str]:
    """Modules of the package that no test module is named after."""
    paths = [path.relative_to(SOURCE) for path in sorted(SOURCE.rglob("*.py")) if not path.name.startswith("__")]
    return [path.as_posix() for path in paths if not (TESTS / path.parent / f"test_{path.name}").exists()]


def test_every_test_module_is_named_after_its_source() -> None:
    assert without_source() == []


def test_modules_without_tests_get_fewer() -> None:
    listed = WITHOUT_TESTS.read_text().splitlines()
    found = without_tests()
    assert [path for path in found if path not in listed] == [], "new modules without tests under their name"
    assert [path for path in listed if path not in found] == [], f"strike these out of {WITHOUT_TESTS.name}"


if __name__ == "__main__":
    print(*without_tests(), sep="\n")
