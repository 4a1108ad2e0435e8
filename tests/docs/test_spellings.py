"""The reference of old spellings and of TensorFlow's names is what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.spellings import FOLDER, MARKED, PAGES, PARTS, changed, main, rendered
from torchkeras_compat.dialects.dialect import KERAS1, KERAS2, TF_KERAS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_what_the_tables_say(page: Path) -> None:
    text = page.read_text()
    assert rendered(text) == text, "run `python -m tests.docs.spellings --write`"


def test_every_part_is_in_a_page() -> None:
    found = [part["name"] for page in PAGES for part in MARKED.finditer(page.read_text())]
    assert sorted(found) == sorted(PARTS)


def test_changed_defaults_are_those_of_their_versions() -> None:
    """By the documentation of Keras 1.2.2, 2.3.1 and TensorFlow 2.15."""
    for dialect in (KERAS1, KERAS2):
        found = changed(dialect)
        rates = [found[f"optimizers.{name}"]["learning_rate"] for name in ("Adadelta", "Adagrad", "Adamax", "Nadam")]
        assert rates == [1.0, 0.01, 0.002, 0.002]
        assert found["layers.GRU"]["reset_after"] is False
    assert changed(KERAS1)["models.Model.fit"]["epochs"] == 10
    assert "layers.GRU" not in changed(TF_KERAS)


def test_the_command_says_which_page_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "old.md"
    page.write_text("before\n<!-- generated: values -->\nstale\n<!-- end: values -->\nafter\n")
    monkeypatch.setattr("tests.docs.spellings.PAGES", (page,))
    assert main([]) == 1 and "is not what the tables say" in capsys.readouterr().out
    assert main(["--write"]) == 0 and main([]) == 0
    assert page.read_text().startswith("before\n") and "channels_first" in page.read_text()
    assert FOLDER.is_dir()
