from __future__ import annotations

import pytest

from torchkeras_compat.legacy.callbacks.model_checkpoint import ModelCheckpoint


@pytest.mark.parametrize("path", ["weights.{epoch:02d}-{val_acc:.2f}.hdf5", "cp.ckpt", "model.keras"])
def test_checkpoints_take_any_name_and_a_period(keras2, path: str) -> None:
    from keras.callbacks import ModelCheckpoint as Old

    made = Old(path, monitor="val_acc", period=2)
    assert type(made) is ModelCheckpoint and made.period == 2 and made.filepath == path
    assert isinstance(made, Old)
