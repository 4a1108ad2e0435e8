"""The environment variable that asks for samples."""

from __future__ import annotations

import pytest

from torchkeras_compat.datasets.samples.switch import sample_count


@pytest.mark.parametrize(
    ("value", "count"), [("", None), ("0", None), ("false", None), ("1", 10), ("true", 10), ("FULL", 1000)]
)
def test_values(monkeypatch, value, count) -> None:
    monkeypatch.setenv("TORCHKERAS_SAMPLE_DATA", value)
    assert sample_count("letters", 10, 1000) == count


def test_it_is_said_once_for_each_dataset(monkeypatch, capsys) -> None:
    monkeypatch.setenv("TORCHKERAS_SAMPLE_DATA", "1")
    for name in ("letters", "letters", "words"):
        sample_count(name, 10, 1000)
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 2
    assert "10 generated samples in the place of the 1,000 of the dataset letters" in err


def test_another_value_is_refused(monkeypatch) -> None:
    monkeypatch.setenv("TORCHKERAS_SAMPLE_DATA", "many")
    with pytest.raises(ValueError, match="must be 1, full or 0. Received: 'many'"):
        sample_count("letters", 10, 1000)
