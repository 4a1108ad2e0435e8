"""The import hook that waits for the first `import keras`."""

from __future__ import annotations

import sys

import pytest

from torchkeras_compat.dialects import shadow_finder
from torchkeras_compat.dialects.install import Installation


@pytest.fixture
def finder(nothing_imported, monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delenv("TORCHKERAS_SHADOW", raising=False)
    shadow_finder.install("keras")
    return sys.meta_path[0]


def test_it_gives_way_to_the_installation(finder) -> None:
    assert finder.find_spec("json") is None and finder.find_spec("tensorflow") is None
    spec = finder.find_spec("keras")
    assert isinstance(spec.loader, Installation)
    assert finder not in sys.meta_path and spec.loader in sys.meta_path
    assert spec.loader.find_spec("tensorflow") is None
    spec.loader.uninstall()


@pytest.mark.parametrize("value", ["0", "no", "OFF"])
def test_it_can_be_switched_off(finder, monkeypatch, value) -> None:
    monkeypatch.setenv("TORCHKERAS_SHADOW", value)
    assert finder.find_spec("keras") is None


def test_it_says_that_the_package_is_gone(finder, monkeypatch, capsys) -> None:
    monkeypatch.setattr(shadow_finder.importlib.util, "find_spec", lambda name: None)
    assert finder.find_spec("keras") is None
    assert "torchkeras_compat is not installed" in capsys.readouterr().err
    assert finder not in sys.meta_path
