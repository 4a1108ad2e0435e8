"""The code blocks of the README and of docs/ run, page by page, and print what the pages say they print."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import pytest
from sybil import Document, Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.myst import CodeBlockParser

from torchkeras_compat.dialects.install import ROOTS
from torchkeras_compat.plugins import isolated_plugins

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
PAGES = [
    ROOT / "README.md",
    *sorted(set((ROOT / "docs").rglob("*.md")) - set(TUTORIALS) - set((ROOT / "docs" / "_build").rglob("*"))),
]
run_python = PythonEvaluator()


def run_block(example: Example) -> None:
    """Run a block and keep what it prints for the block below it."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        run_python(example)
    example.namespace["__printed__"] = printed.getvalue()


def compare_output(example: Example) -> None:
    """Compare a block of text with what the Python block above it printed, if it printed anything."""
    printed = example.namespace.pop("__printed__", "")
    if printed:
        assert printed.strip() == str(example.parsed).strip()


SYBIL = Sybil([CodeBlockParser("python", run_block), CodeBlockParser("text", compare_output)], path=str(ROOT))


@pytest.fixture(autouse=True)
def nothing_imported():
    """Pages may call `install_as_keras`."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    yield
    from torchkeras_compat.dialects.install import Installation

    for finder in [f for f in sys.meta_path if isinstance(f, Installation)]:
        finder.uninstall()
    sys.modules.update(hidden)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_code_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document: Document = SYBIL.parse(page)
    with contextlib.ExitStack() as stack:
        plugin = page.stem.removeprefix("plugin-") if page.parent.name == "how-to" else page.stem
        if plugin != page.stem:  # the page of a first-party plugin, as where it is installed
            pytest.importorskip(f"torchkeras_{plugin}", reason=f"plugins/torchkeras-{plugin} is not installed")
            monkeypatch.setenv("TORCHKERAS_PLUGINS", plugin)
            stack.enter_context(isolated_plugins(discover=True))
        for example in document.examples():
            example.evaluate()


def test_pages_were_found() -> None:
    assert len(PAGES) > 5 and len(TUTORIALS) >= 1
