"""Datasets of torch without a loader."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.utils.data import IterableDataset, TensorDataset

from torchkeras_compat import layers, models
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.utils.dataset_split import split_dataset


def batches(data, **options):
    return list(make_adapter(data, device="cpu", **{"shuffle": False, **options}).epoch())


class Stream(IterableDataset):
    def __iter__(self):
        return iter([(torch.full((2,), float(i)), i) for i in range(5)])


def test_a_torch_dataset_is_put_into_batches():
    data = TensorDataset(torch.arange(70.0).reshape(70, 1), torch.arange(70))
    adapter = make_adapter(data, shuffle=False, device="cpu")
    assert (adapter.num_batches, adapter.batch_size, adapter.partial_batch_size) == (3, 32, 6)
    assert [len(y) for _, y, _ in adapter.epoch()] == [32, 32, 6]
    orders = []
    for _ in range(2):
        torch.manual_seed(3)
        shuffled = make_adapter(data, batch_size=7, shuffle=True, device="cpu")
        orders.append([torch.cat([y for _, y, _ in shuffled.epoch()]).tolist() for _ in range(2)])
    assert orders[0] == orders[1] and orders[0][0] != orders[0][1]
    assert sorted(orders[0][0]) == list(range(70))


def test_an_iterable_dataset_yields_samples():
    assert [(x[:, 0].tolist(), y.tolist()) for x, y, _ in batches(Stream(), batch_size=3)] == [
        ([0, 1, 2], [0, 1, 2]),
        ([3, 4], [3, 4]),
    ]
    assert make_adapter(Stream(), device="cpu").num_batches is None


def test_training_works_on_torch_datasets():
    x, y = torch.rand(12, 2), torch.rand(12, 1)
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    left, right = split_dataset((x, y), left_size=0.5)
    history = model.fit(left, batch_size=4, epochs=2, validation_data=right, verbose=0).history
    assert history["val_loss"][-1] == pytest.approx(model.evaluate(x[6:], y[6:], verbose=0), rel=1e-5)
    np.testing.assert_allclose(model.predict(TensorDataset(x), verbose=0), model.predict(x, verbose=0), rtol=1e-6)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (TensorDataset(torch.zeros(0, 2)), {}, "TensorDataset has no samples"),
        (TensorDataset(torch.zeros(2)), {"y": np.ones(2)}, "as a torch Dataset, `y` should not"),
        (TensorDataset(torch.zeros(2)), {"shuffle": "batch"}, "Received x as a torch Dataset"),
    ],
)
def test_torch_datasets_are_refused(data, options, message):
    with pytest.raises(ValueError, match=message):
        make_adapter(data, device="cpu", **options)
