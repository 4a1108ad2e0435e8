from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.adapters.callbacks import progbar_logger
from torchkeras_compat.legacy.callbacks.model_checkpoint import ModelCheckpoint


@pytest.mark.parametrize("path", ["weights.{epoch:02d}-{val_acc:.2f}.hdf5", "cp.ckpt", "model.keras"])
def test_checkpoints_take_any_name_and_a_period(keras2, path: str) -> None:
    from keras.callbacks import ModelCheckpoint as Old

    made = Old(path, monitor="val_acc", period=2)
    assert type(made) is ModelCheckpoint and made.period == 2 and made.filepath == path
    assert isinstance(made, Old)


@pytest.mark.parametrize("given", [{}, {"count_mode": "steps"}, {"count_mode": "samples", "stateful_metrics": ["acc"]}])
def test_the_progress_bar_counts_steps(given: dict[str, Any]) -> None:
    assert progbar_logger(given, "keras2") == {}


def test_another_count_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="is 'samples' or 'steps'. Received: 'epochs'"):
        progbar_logger({"count_mode": "epochs"}, "keras2")
