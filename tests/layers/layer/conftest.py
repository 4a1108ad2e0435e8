"""What the tests of the wing get."""

from __future__ import annotations

import pytest
import torch


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)
