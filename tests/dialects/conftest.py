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
    """`keras` means this package."""
    with install_as_keras() as installation:
        yield installation
