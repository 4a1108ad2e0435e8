"""pandas' categories, torch data sets without a loader, Hugging Face's and TensorFlow's data sets."""

from __future__ import annotations

import sys
import types

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import IterableDataset, TensorDataset

from torchkeras_compat import layers, models
from torchkeras_compat.data.hugging_face import is_hugging_face
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.utils.dataset_split import split_dataset


def batches(data, **options):
    return list(make_adapter(data, device="cpu", **{"shuffle": False, **options}).epoch())


# pandas


def test_categories_that_are_numbers_keep_their_values():
    frame = pd.DataFrame({"a": pd.Categorical([5, 7, 5]), "b": pd.Categorical([0.5, 1.5, 0.5])})
    [(x, y, _)] = batches(frame, y=pd.Series(pd.Categorical([9, 8, 9])))
    assert x.tolist() == [[5.0, 0.5], [7.0, 1.5], [5.0, 0.5]]
    assert y.tolist() == [[9], [8], [9]] and y.dtype is torch.int64


def test_other_categories_become_their_places():
    sizes = pd.CategoricalDtype(["small", "medium", "large"], ordered=True)
    frame = pd.DataFrame({"size": pd.Series(["large", "small"], dtype=sizes), "n": pd.array([1, 2], dtype="Int64")})
    [(x, y, _)] = batches(frame, y=frame["size"])
    assert x.tolist() == [[2, 1], [0, 2]] and y.tolist() == [[2], [0]] and y.dtype is torch.int64
    [(index, _, _)] = batches(pd.CategoricalIndex(["b", "a", "b"]))
    assert index.tolist() == [[1], [0], [1]]


def test_missing_categories_are_nan_and_warned_of():
    frame = pd.DataFrame({"a": pd.Categorical(["x", None, "y"]), "b": pd.Categorical([3, None, 3])})
    with pytest.warns(UserWarning, match="`x` holds NaN, first in row 1"):
        [(x, _, _)] = batches(frame, check_finite=True)
    assert x[[0, 2]].tolist() == [[0, 3], [1, 3]] and x[1].isnan().all()


@pytest.mark.parametrize("column", [pd.to_datetime(["2020-01-01", "2021-01-01"]), ["a", "b"]])
def test_columns_without_numbers_are_named(column):
    with pytest.raises(ValueError, match="Column 'when' of `x` has dtype"):
        make_adapter(pd.DataFrame({"when": column}), device="cpu")


# torch


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


def test_training_takes_torch_datasets():
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


# Hugging Face: a stand-in with the part of its interface that is used, and the library itself where it is installed


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
        ({"x": ["a", "b"], "label": [0, 1]}, "Column 'x' of the data set cannot become a tensor"),
        ({"x": [[1.0], [1.0, 2.0]], "label": [0, 1]}, "Column 'x' of the data set cannot become a tensor"),
        ({"label": [0, 1]}, r"no column for the input.*Received columns \['label'\]"),
        ({"x": []}, "no rows"),
    ],
)
def test_rows_that_cannot_be_trained_on_are_refused(library, columns, message):
    with pytest.raises(ValueError, match=message):
        batches(library.Dataset(columns))


def test_splits_are_refused(library):
    with pytest.raises(ValueError, match=r"splits \['train'\]. Pass one of them, such as `data\['train'\]`"):
        make_adapter(library.DatasetDict({"train": library.Dataset(COLUMNS)}), device="cpu")
    with pytest.raises(ValueError, match="as a Hugging Face Dataset, `y` should not"):
        make_adapter(library.Dataset(COLUMNS), [1], device="cpu")


def test_a_library_that_was_never_imported_is_not_asked(monkeypatch):
    monkeypatch.delitem(sys.modules, "datasets", raising=False)
    assert not is_hugging_face({"train": 1}) and "datasets" not in sys.modules


# TensorFlow: a stand-in


class FakeTensorflowDataset:
    def __init__(self, elements, cardinality=None):
        self.elements, self.count = elements, len(elements) if cardinality is None else cardinality

    def cardinality(self):
        return np.int64(self.count)

    def as_numpy_iterator(self):
        return iter(self.elements)


@pytest.fixture
def tensorflow(monkeypatch):
    fake = types.ModuleType("tensorflow")
    fake.data = types.SimpleNamespace(Dataset=FakeTensorflowDataset)
    monkeypatch.setitem(sys.modules, "tensorflow", fake)
    return FakeTensorflowDataset


def test_a_tensorflow_dataset_gives_its_batches(tensorflow):
    data = tensorflow([(np.ones((2, 3)), np.array([1, 2])), (np.ones((1, 3)), np.array([3]))])
    adapter = make_adapter(data, device="cpu")
    assert adapter.num_batches == 2
    for _ in range(2):
        assert [(tuple(x.shape), x.dtype, y.tolist()) for x, y, _ in adapter.epoch()] == [
            ((2, 3), torch.float32, [1, 2]),
            ((1, 3), torch.float32, [3]),
        ]
    for unknown in (-1, -2):
        assert make_adapter(tensorflow([], unknown), device="cpu").num_batches is None
    left, right = split_dataset(tensorflow([(np.ones(2), np.float32(i)) for i in range(5)]), left_size=2)
    assert [float(y) for _, y in left] == [0, 1] and len(right) == 3


def test_a_tensorflow_dataset_is_refused(tensorflow):
    with pytest.raises(ValueError, match="has 0 batches"):
        make_adapter(tensorflow([]), device="cpu")
    with pytest.raises(ValueError, match=r"as a tf.data.Dataset, `y` should not"):
        make_adapter(tensorflow([np.ones(2)]), [1], device="cpu")
    with pytest.raises(ValueError, match="dtype object"):
        batches(tensorflow([np.array([b"text"], dtype=object)]))
