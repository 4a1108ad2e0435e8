"""A layer of an older Keras through a file and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from torchkeras_compat import models
from torchkeras_compat.layers.core.input_layer import Input


def check_round_trip(layer: Any, inputs: torch.Tensor, path: Path) -> Any:
    """Save a layer in a model, load it, compare what both compute and their configs, and return the loaded layer."""
    start = Input(batch_shape=(None, *inputs.shape[1:]), dtype=str(inputs.dtype).removeprefix("torch."))
    model = models.Model(start, layer(start))
    file = str(path / "model.keras")
    model.save(file)
    loaded: Any = models.load_model(file)
    np.testing.assert_array_equal(loaded(inputs).detach().numpy(), model(inputs).detach().numpy())
    assert loaded.layers[-1].get_config() == layer.get_config()
    assert type(loaded.layers[-1]) is type(layer)
    clone = type(layer).from_config(layer.get_config())
    assert clone.get_config() == layer.get_config()
    return loaded.layers[-1]
