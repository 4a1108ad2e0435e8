"""Hugging Face's datasets: a stand-in with what of them is used, and the library where it is installed."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest
import torch

from torchkeras_compat import layers, models
from torchkeras_compat.data.hugging_face import is_hugging_face
from torchkeras_compat.data.make_adapter import make_adapter


def batches(data, **options):
    return list(make_adapter(data, device="cpu", **{"shuffle": False, **options}).epoch())


class FakeDataset:
    """Columns as lists; rows in the format that was asked for."""

    def __init__(self, columns, format=None):
        self.columns, self.format = columns, {"type": format, "columns": list(columns)}

    @property
    def column_names(self):
        return list(self.columns)

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def with_format(self, format, columns=None):
        return FakeDataset({name: self.columns[name] for name in columns or self.columns}, format)

    def __getitem__(self, rows):
        places = range(len(self))[rows] if isinstance(rows, slice) else rows
        chosen = {name: [values[i] for i in places] for name, values in self.columns.items()}
        return {n: as_array(v) for n, v in chosen.items()} if self.format["type"] == "numpy" else chosen


def as_array(values):
    """As the library does it: objects where rows have different lengths."""
    lengths = {len(row) if isinstance(row, list) else -1 for row in values}
    return np.array(values) if len(lengths) <= 1 else np.array([np.array(row) for row in values], dtype=object)


class FakeIterableDataset:
    def __init__(self, columns):
        self.columns, self.column_names = columns, list(columns)

    def __iter__(self):
        for row in zip(*self.columns.values()):
            yield dict(zip(self.columns, row))


@pytest.fixture(
    params=[
        "stand-in",
        # What the library warns of when it takes the fingerprint of its own format is not ours to fix.
        pytest.param("datasets", marks=pytest.mark.filterwarnings("ignore:Cannot (locate|pickle):Warning")),
    ]
)
def library(request, monkeypatch):
    """`Dataset` and `IterableDataset` from columns."""
    if request.param == "datasets":
        datasets = pytest.importorskip("datasets")
        return types.SimpleNamespace(
            Dataset=datasets.Dataset.from_dict,
            IterableDataset=lambda columns: datasets.Dataset.from_dict(columns).to_iterable_dataset(),
            DatasetDict=datasets.DatasetDict,
        )
    fake = types.ModuleType("datasets")
    fake.Dataset, fake.IterableDataset, fake.DatasetDict = FakeDataset, FakeIterableDataset, type("D", (dict,), {})
    monkeypatch.setitem(sys.modules, "datasets", fake)
    return fake


COLUMNS = {"x": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "label": [0, 1, 0]}


@pytest.mark.parametrize("kind", ["Dataset", "IterableDataset"])
def test_the_label_is_the_target(library, kind):
    (x, y, weights), (last, _, _) = batches(getattr(library, kind)(COLUMNS), batch_size=2)
    assert x.tolist() == [[1, 2], [3, 4]] and x.dtype is torch.float32
    assert y.tolist() == [0, 1] and y.dtype is torch.int64 and weights is None and last.tolist() == [[5, 6]]


def test_several_columns_are_named_inputs(library):
    columns = {"ids": [[1, 2], [3, 4]], "mask": [[1, 1], [1, 0]], "labels": [1, 0], "sample_weight": [0.5, 2.0]}
    [(x, y, weights)] = batches(library.Dataset(columns))
    assert {name: part.tolist() for name, part in x.items()} == {"ids": [[1, 2], [3, 4]], "mask": [[1, 1], [1, 0]]}
    assert (y.tolist(), weights.tolist()) == ([1, 0], [0.5, 2.0])
    [(x, y, _)] = batches(library.Dataset({"x": [1.0, 2.0]}))
    assert x.tolist() == [1, 2] and y is None


def test_rows_are_shuffled_with_torch(library):
    data = library.Dataset({"x": list(range(50))})
    torch.manual_seed(1)
    adapter = make_adapter(data, batch_size=8, shuffle=True, device="cpu")
    assert (adapter.num_batches, adapter.partial_batch_size) == (7, 2)
    first, second = (torch.cat([x for x, _, _ in adapter.epoch()]).tolist() for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(50)) and first != second
    torch.manual_seed(1)
    assert torch.cat([x for x, _, _ in adapter.epoch()]).tolist() == first


def test_a_network_learns_from_rows(library):
    model = models.Sequential([layers.Input((2,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    data = library.Dataset({"x": COLUMNS["x"], "label": COLUMNS["x"]})
    assert len(model.fit(data, epochs=2, validation_data=data, verbose=0).history["val_loss"]) == 2
    assert model.predict(data, verbose=0).shape == (3, 2)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": [0, 1], "label": ["a", "b"]}, "Column 'label' of the dataset cannot become a tensor"),
        ({"x": [[1.0], [1.0, 2.0]], "label": [0, 1]}, "Column 'x' of the dataset cannot become a tensor"),
        ({"label": [0, 1]}, r"no column for the input.*Received columns \['label'\]"),
        ({"x": []}, "no rows"),
    ],
)
def test_rows_that_cannot_be_trained_on_are_refused(library, columns, message):
    with pytest.raises(ValueError, match=message):
        batches(library.Dataset(columns))


def test_inputs_may_be_strings(library):
    [(x, y, _)] = batches(library.Dataset({"x": ["a", "b"], "label": [0, 1]}))
    assert x.tolist() == ["a", "b"] and y.tolist() == [0, 1]


def test_splits_are_refused(library):
    with pytest.raises(ValueError, match=r"splits \['train'\]. Pass one of them, such as `data\['train'\]`"):
        make_adapter(library.DatasetDict({"train": library.Dataset(COLUMNS)}), device="cpu")
    with pytest.raises(ValueError, match="as a Hugging Face Dataset, `y` should not"):
        make_adapter(library.Dataset(COLUMNS), [1], device="cpu")


def test_a_library_that_was_never_imported_is_not_asked(monkeypatch):
    monkeypatch.delitem(sys.modules, "datasets", raising=False)
    assert not is_hugging_face({"train": 1}) and "datasets" not in sys.modules
