"""A pipeline as training data."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from torchkeras_compat import layers, models
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.pipeline import Pipeline


def numbers(count=10, **options):
    return Pipeline(lambda: iter(range(count)), count, **options)


def pairs(count=10):
    return numbers(count).map(lambda n: (torch.full((3,), float(n)), torch.tensor(n)))


def test_training_takes_it_as_it_is():
    data = pairs(10).map(lambda x, y: (x, y.float()[None])).batch(4)
    model = models.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(data, epochs=2, validation_data=data, verbose=0).history
    assert len(history["val_loss"]) == 2
    x, y = (torch.cat(part) for part in zip(*data))
    assert model.evaluate(data, verbose=0) == pytest.approx(model.evaluate(x, y, batch_size=4, verbose=0), rel=1e-6)
    np.testing.assert_allclose(model.predict(data, verbose=0), model.predict(x, verbose=0), rtol=1e-6)
    endless = model.fit(data.repeat(), steps_per_epoch=5, epochs=2, verbose=0)
    assert len(endless.history["loss"]) == 2


def test_the_adapter_knows_what_the_pipeline_knows():
    adapter = make_adapter(pairs(10).batch(4), device="cpu")
    assert (adapter.num_batches, adapter.batch_size) == (3, None)
    assert make_adapter(pairs(10).batch(4).repeat(), device="cpu").num_batches is None
    x, y, weights = next(iter(adapter.epoch()))
    assert (tuple(x.shape), tuple(y.shape), weights) == ((4, 3), (4,), None)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (pairs(4), {}, r"call `.batch\(32\)`"),
        (pairs(0).batch(2), {}, "0 batches"),
        (pairs(4).batch(2), {"y": np.ones(4)}, "`y` should not be passed"),
    ],
)
def test_data_that_cannot_be_trained_on_is_refused(data, options, message):
    with pytest.raises(ValueError, match=message):
        make_adapter(data, device="cpu", **options)


def test_the_number_of_batches_stays_a_whole_number():
    assert math.isinf(numbers().repeat()._length)
    assert isinstance(len(numbers(5).repeat(2)), int)
