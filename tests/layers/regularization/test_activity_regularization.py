"""`ActivityRegularization` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import torch

from torchkeras_compat import layers


def test_activity_regularization_adds_its_penalty(real_keras: ModuleType) -> None:
    x = np.random.RandomState(0).normal(size=(4, 3)).astype("float32")
    ours, theirs = layers.ActivityRegularization(0.1, 0.2), real_keras.layers.ActivityRegularization(0.1, 0.2)
    assert torch.equal(ours(x), torch.tensor(x))
    theirs(x)
    torch.testing.assert_close(ours.losses[0], theirs.losses[0])
    assert ours.get_config()["l1"] == 0.1 and "activity_regularizer" not in ours.get_config()
