"""Meshes that the tests of layouts use, and no distribution left over from one to the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from torchkeras_compat.distribution import DeviceMesh, set_distribution


@pytest.fixture
def mesh() -> DeviceMesh:
    return DeviceMesh((4, 2), ["data", "model"], [f"cpu:{i}" for i in range(8)])


@pytest.fixture
def one() -> DeviceMesh:
    return DeviceMesh((1, 1), ["data", "model"], ["cpu:0"])


@pytest.fixture(autouse=True)
def nothing_in_use() -> Iterator[None]:
    yield
    set_distribution(None)
