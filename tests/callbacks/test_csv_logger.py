"""The lines of a CSV file, one an epoch. Oracle: the file of real Keras."""

from __future__ import annotations

import types

import numpy as np
import pytest

from torchkeras_compat.callbacks.csv_logger import CSVLogger

LOGS = [
    [{"loss": 0.5, "acc": 1.0}, {"loss": 0.25, "acc": 0.5}],
    [{"loss": 0.5}, {"loss": 0.25, "val_loss": 1.0}, {"loss": float("nan")}],
    [{"loss": 0.5, "val_loss": 0.1}, {"loss": 0.25}],
    [{"loss": 0.5, "many": np.array([1.0, 2.0])}],
]


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize("logs", LOGS)
def test_the_file_is_that_of_keras(real_keras, tmp_path, logs, separator):
    texts = []
    for kind in (real_keras.callbacks.CSVLogger, CSVLogger):
        path = tmp_path / f"{kind.__module__}.csv"
        for append in (False, True, False, True):
            callback = kind(str(path), separator=separator, append=append)
            callback.set_model(types.SimpleNamespace(stop_training=False))
            callback.on_train_begin()
            for epoch, line in enumerate(logs):
                callback.on_epoch_end(epoch, line)
            callback.on_train_end()
        texts.append(path.read_text())
    assert texts[1] == texts[0]
