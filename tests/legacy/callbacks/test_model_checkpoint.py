from __future__ import annotations

import pytest

from torchkeras_compat.legacy.callbacks.model_checkpoint import ModelCheckpoint


class Recorder:
    def __init__(self) -> None:
        self.saved: list[str] = []

    def save(self, path: str, overwrite: bool) -> None:
        self.saved.append(path)


def test_a_period_counts_epochs(tmp_path) -> None:
    checkpoint = ModelCheckpoint(str(tmp_path / "{epoch}.hdf5"), period=2)
    checkpoint.set_model(Recorder())
    for epoch in range(5):
        checkpoint.on_epoch_end(epoch, {})
    assert [path.rpartition("/")[2] for path in checkpoint.model.saved] == ["2.hdf5", "4.hdf5"]


@pytest.mark.parametrize("period", [0, -1, 1.5, True])
def test_a_period_is_a_positive_number(period: object) -> None:
    with pytest.raises(ValueError, match="`period` is a positive number of epochs. Received: period="):
        ModelCheckpoint("x", period=period)
