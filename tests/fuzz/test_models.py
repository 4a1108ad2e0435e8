"""The short run of the fuzzer: random models on either side."""

from __future__ import annotations

from typing import Any

import pytest

import torchkeras_compat
from tests.fuzz.layer_table import TABLE
from tests.fuzz.listed import load, reason
from tests.fuzz.models import compare_models


def differences(keras: Any, cases: range) -> list[str]:
    entries = load()
    return [str(d) for d in compare_models(keras, torchkeras_compat, 0, cases) if reason(d, entries) is None]


@pytest.mark.parametrize("first", [0, 4])
def test_models_are_those_of_keras(real_keras: Any, first: int) -> None:
    assert differences(real_keras, range(first, first + 4)) == []


def test_a_wrong_layer_is_found(real_keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    right = torchkeras_compat.layers.Dense.call
    monkeypatch.setattr(
        torchkeras_compat.layers.Dense, "call", lambda self, *args, **kw: right(self, *args, **kw) * 1.1
    )
    found = list(compare_models(real_keras, torchkeras_compat, 0, range(1, 2)))
    assert any(d.kind.startswith("outputs") for d in found)


def test_layers_of_the_table_are_there() -> None:
    names = {name for table in TABLE.values() for name in table}
    assert [name for name in names if not hasattr(torchkeras_compat.layers, name)] == []
