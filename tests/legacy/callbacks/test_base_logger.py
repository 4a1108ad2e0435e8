from __future__ import annotations

import numpy as np

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.callbacks.base_logger import BaseLogger


def test_means_count_samples():
    logger = BaseLogger(stateful_metrics=["auc"])
    logger.on_epoch_begin(0)
    logger.on_train_batch_end(0, {"batch": 0, "size": 3, "loss": 1.0, "auc": 0.5})
    logger.on_batch_end(1, {"batch": 1, "size": 1, "loss": 5.0, "auc": 0.7})
    logs = {"val_loss": 9.0}
    logger.on_epoch_end(0, logs)
    assert logs == {"val_loss": 9.0, "loss": 2.0, "auc": 0.7}
    logger.on_epoch_begin(1)
    assert logger.totals == {} and logger.seen == 0
    logger.on_epoch_end(1, None)


def test_fit_keeps_its_logs():
    model = Sequential([layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    x = np.arange(6.0).reshape(6, 1)
    history = [model.fit(x, x, batch_size=4, shuffle=False, verbose=0).history]
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    history.append(model.fit(x, x, batch_size=4, shuffle=False, callbacks=[BaseLogger()], verbose=0).history)
    assert history[0] == history[1]
