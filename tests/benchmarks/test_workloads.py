"""The plain modules are the Keras models: as many weights, and the same losses of the same outputs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat
from tests.benchmarks.keras_models import build
from tests.benchmarks.plain_models import plain
from tests.benchmarks.workloads import ALL, GROWING, OWN, SEVEN, shortened

SMALL = [*SEVEN, *OWN, *(members[n] for members in list(GROWING.values())[:2] for n in (0, 1))]


@pytest.mark.parametrize("workload", SMALL, ids=lambda workload: workload.title)
def test_the_module_has_as_many_weights_as_the_keras_model(workload):
    model = build(torchkeras_compat, workload.key)
    module = plain(workload.key).module()
    theirs = sum(p.numel() for p in module.parameters())
    # torch's LSTM has a second bias, which here is frozen at 0
    second = sum(p.numel() for name, p in module.named_parameters() if "bias_hh" in name)
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == theirs - second


@pytest.mark.parametrize("workload", [*SEVEN, *OWN], ids=lambda workload: workload.title)
def test_the_module_takes_the_data_and_gives_outputs_of_the_same_shape(workload):
    x, y = workload.make(4)
    parts, model = plain(workload.key), build(torchkeras_compat, workload.key)
    outputs = parts.module()(parts.prepare(x))
    assert torch.isfinite(parts.loss(outputs, torch.from_numpy(y)))
    outputs = outputs[0] if isinstance(outputs, tuple) else outputs
    assert tuple(outputs.shape) == model.predict(x, verbose=0).shape


@pytest.mark.parametrize("key", ["notes", "mlp", "lstm"])
def test_both_plain_losses_are_those_of_keras(key):
    (workload,) = (each for each in SEVEN if each.key == key)
    _, y = workload.make(8)
    parts = plain(key)
    classes = {"notes": 3, "mlp": 10, "lstm": 1}[key]
    outputs = torch.randn(8, classes, generator=torch.Generator().manual_seed(0))
    probabilities, targets = parts.activation(outputs), torch.from_numpy(y)
    names = {
        "notes": "categorical_crossentropy",
        "mlp": "sparse_categorical_crossentropy",
        "lstm": "binary_crossentropy",
    }
    expected = torchkeras_compat.losses.get(names[key])(targets, probabilities).mean()
    torch.testing.assert_close(parts.loss(outputs, targets), expected)
    torch.testing.assert_close(parts.loss_of_activated(probabilities, targets), expected)


def test_rounds_can_be_shortened():
    growing = ALL["samples of the dataset, 100 steps:20,000"]
    short = shortened(growing, steps=2, rows=50)
    assert (short.steps, short.rows, short.steps_per_epoch) == (2, 50, 2)
    assert len(short.data()[0]) == 50
    notes = shortened(SEVEN[0], steps=3, rows=1)
    assert len(notes.data()[0]) == 60 and notes.steps_per_epoch is None
    assert shortened(SEVEN[0]) == SEVEN[0]


def test_data_is_the_same_for_every_engine():
    for workload in ALL.values():
        one, other = workload.make(2), workload.make(2)
        for a, b in zip(one, other):
            assert all(np.array_equal(i, j) for i, j in zip(a, b)) if a is not None else b is None
