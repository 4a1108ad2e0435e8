"""`SyncBatchNormalization`."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.layers import BatchNormalization
from torchkeras_compat.legacy.layers.sync_batch_normalization import SyncBatchNormalization


def test_it_is_a_synchronized_batch_normalization(tmp_path: Path) -> None:
    layer = SyncBatchNormalization(momentum=0.9)
    assert isinstance(layer, BatchNormalization) and layer.synchronized and layer.momentum == 0.9
    check_round_trip(layer, torch.randn(4, 3), tmp_path)


def test_it_is_always_synchronized() -> None:
    with pytest.raises(ValueError, match="synchronized=False"):
        SyncBatchNormalization(synchronized=False)
