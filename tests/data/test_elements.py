"""Elements of every kind, put into batches and taken out."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.data.elements import batch_length, stack, unstack
from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.layers.preprocessing.texts import StringArray


def test_elements_of_every_kind_become_batches():
    sample = {"a": np.ones((2,), "float32"), "b": ("text", 1.5, True)}
    batch = stack([sample, sample])
    assert batch["a"].dtype == torch.float32 and tuple(batch["a"].shape) == (2, 2)
    assert isinstance(batch["b"][0], StringArray) and batch["b"][0].numpy().tolist() == ["text", "text"]
    assert batch["b"][1].tolist() == [1.5, 1.5] and batch["b"][2].dtype == torch.bool
    assert batch_length(batch) == 2
    assert next(unstack(batch))["b"][0] == "text"


def test_what_cannot_be_one_batch_is_said():
    with pytest.raises(ValueError, match=r"Received shapes \[\(2,\), \(3,\)\]"):
        stack([torch.ones(3), torch.ones(2)])
    with pytest.raises(ValueError, match=r"Tensor of shape \(2,\), Tensor of shape \(3,\)"):
        list(Pipeline(lambda: iter([(torch.ones(2), torch.ones(3))])).unbatch())
    with pytest.raises(ValueError, match="Tensor of shape"):
        list(Pipeline(lambda: iter([torch.tensor(1)])).unbatch())


def test_numpy_elements():
    x, text = next(Pipeline(lambda: iter([(torch.ones(2), StringArray(["a"]))])).as_numpy_iterator())
    assert type(x) is type(text) is np.ndarray
