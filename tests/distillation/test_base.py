"""Losses of one's own."""

from __future__ import annotations

import pytest

from torchkeras_compat.distillation.base import DistillationLoss


def test_a_loss_of_ones_own_defines_compute_loss(outputs):
    a, b = outputs
    with pytest.raises(NotImplementedError, match="DistillationLoss does not define `compute_loss`"):
        DistillationLoss().compute_loss(a, b)
