"""`keras` as a program finds it that has not imported it yet, whatever other tests did."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from torchkeras_compat.dialects.install import ROOTS, Installation, install_as_keras


@pytest.fixture
def nothing_imported() -> Iterator[None]:
    """No keras and no tensorflow in this process."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    yield
    for name in list(sys.modules):
        if name.partition(".")[0] in ROOTS:
            del sys.modules[name]
    sys.modules.update(hidden)


@pytest.fixture
def installed(nothing_imported: None) -> Iterator[Installation]:
    """`keras` means this package, as Keras 3."""
    with install_as_keras("keras3") as installation:
        yield installation


@pytest.fixture
def keras1(nothing_imported: None) -> Iterator[Installation]:
    """`keras` means this package, as Keras 1."""
    with install_as_keras("keras1") as installation:
        yield installation


@pytest.fixture
def keras2(nothing_imported: None) -> Iterator[Installation]:
    """`keras` means this package, as Keras 2."""
    with install_as_keras("keras2") as installation:
        yield installation


@pytest.fixture
def tf_keras(nothing_imported: None) -> Iterator[Installation]:
    """`keras` and `tensorflow.keras` mean this package, as tf.keras."""
    with install_as_keras("tf.keras") as installation:
        yield installation
