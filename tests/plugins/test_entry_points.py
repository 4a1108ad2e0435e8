"""What the environment has installed, and what its variables list."""

from __future__ import annotations

import importlib.metadata

import pytest

from torchkeras_compat.plugins.entry_points import entry_points, flat, listed, names_of


def test_an_entry_point_that_is_found_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = importlib.metadata.EntryPoint("focal", "torchkeras_focal.plugin", "torchkeras_compat")
    other = importlib.metadata.EntryPoint("focal", "elsewhere.plugin", "torchkeras_compat")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: (one, one, other))
    assert list(entry_points()) == [one, other]
    assert names_of(one) == {"focal"}


def test_names_are_compared_without_case_and_marks() -> None:
    assert flat("BinaryTversky") == flat("binary_tversky") == flat("binary-tversky")


def test_a_variable_lists_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCHKERAS_PLUGINS", raising=False)
    assert listed("TORCHKERAS_PLUGINS") is None
    monkeypatch.setenv("TORCHKERAS_PLUGINS", " focal, torch-metrics,,")
    assert listed("TORCHKERAS_PLUGINS") == {"focal", "torchmetrics"}
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "")
    assert listed("TORCHKERAS_PLUGINS") == set()
