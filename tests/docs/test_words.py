"""The words of the glossary in CONTRIBUTING.md: ``python -m tests.docs.test_words`` shows where others stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("torchkeras_compat", "docs", "tests", "plugins")
PAGES = ("README.md", "SECURITY.md")
# Phrases that are not the field's words, and which are. An underscore counts as a space.
PHRASES = {
    r"told": "given, received",
    r"taken in": "accepted, included",
    r"anew": "again, from the start",
    r"shares? of": "fraction",
    r"class numbers?": "integer class labels",
    r"yes-or-no": "binary",
    r"memory that ran out": "out-of-memory error",
    r"(?:at|on) the surface|the surface of": "in Keras's layout, the interface of",
    r"thaw(?:s|ed|ing)?": "unfreeze",
    r"got better|gets? better": "improve",
    r"(?<!there )(?:is|are|was|were) no (?!longer|more|less|such|other|matter|one)\w+": "is not a",
    r"(?:a )?few(?:er)? bits": "low-bit, quantized",
    r"trainings": "training runs",
    r"data sets?": "dataset",
    r"(?:ride|rides|riding|rode|ridden) on": "attached to",
    r"at work": "active",
    r"(?:small|capital) letters": "lowercase, uppercase",
    r"mend(?:s|ed|ing)?": "repair, fix",
    r"seer": "observer",
}
PATTERNS = {phrase: re.compile(rf"\b(?:{phrase})\b", re.IGNORECASE) for phrase in PHRASES}


def files() -> Iterator[Path]:
    """Texts of the repository, but this module."""
    for folder in FOLDERS:
        for suffix in ("*.py", "*.pyi", "*.md"):
            yield from sorted((ROOT / folder).rglob(suffix))
    yield from (ROOT / page for page in PAGES)


def found() -> Iterator[tuple[str, Path, int, str]]:
    """Phrase, file, line number and line of what should be said in other words."""
    for path in files():
        if path == Path(__file__) or "_build" in path.parts or "conformance" in path.parts:
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            text = line.replace("_", " ")
            for phrase, pattern in PATTERNS.items():
                for _ in pattern.finditer(text):
                    yield phrase, path, number, line


def test_no_text_uses_words_that_the_glossary_rules_out() -> None:
    for phrase, path, number, line in found():
        pytest.fail(f"{path.relative_to(ROOT)}:{number}: write {PHRASES[phrase]!r} for {phrase!r}: {line.strip()}")


if __name__ == "__main__":
    for phrase, path, number, line in found():
        print(f"{path.relative_to(ROOT)}:{number}: {line.strip()}  [{PHRASES[phrase]}]")
