"""Outputs of a teacher and a student."""

from __future__ import annotations

import numpy as np
import pytest
import torch


@pytest.fixture
def outputs() -> list[torch.Tensor]:
    rng = np.random.default_rng(0)
    return [torch.tensor(rng.normal(size=(6, 3)).astype("float32")) for _ in range(2)]
