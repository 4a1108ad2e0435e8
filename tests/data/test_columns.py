"""Columns of pandas: categories and what has no numbers."""

from __future__ import annotations

import pandas as pd
import pytest
import torch

from torchkeras_compat.data.make_adapter import make_adapter


def batches(data, **options):
    return list(make_adapter(data, device="cpu", **{"shuffle": False, **options}).epoch())


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


def test_pandas_series_become_columns_and_nullable_integers_floats():
    x = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [0.5, 1.5]})
    with pytest.warns(UserWarning, match="`x` holds NaN, first in row 1"):
        adapter = make_adapter(x, pd.Series([3, 4]), shuffle=False, device="cpu", check_finite=True)
    x, y, _ = next(iter(adapter.epoch()))
    assert y.shape == (2, 1) and x[0].tolist() == [1.0, 0.5]
