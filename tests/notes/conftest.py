"""What tests of notes need: no Keras in the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from torchkeras_compat.dialects.install import ROOTS


@pytest.fixture
def hidden_keras() -> Iterator[None]:
    """The real Keras, where another test has imported it, is out of the way."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    yield
    sys.modules.update(hidden)
