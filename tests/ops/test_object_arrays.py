"""Arrays of objects that hold numbers, wherever arrays go; NumPy's reading of the same list is the oracle."""

from __future__ import annotations

import decimal
import fractions
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, Variable, layers, losses, metrics, ops
from torchkeras_compat.ops.object_arrays import as_numbers, first_other


def objects(values: Any) -> np.ndarray:
    return np.array(values, dtype=object)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2],
        [1.0, 2],
        [True, False],
        [True, 2],
        [[1, 2], [3, 4.5]],
        [1 + 2j],
        [np.float32(1.5), np.float32(2)],
        [np.int8(3)],
    ],
    ids=str,
)
def test_numbers_are_what_numpy_makes_of_the_list(values: Any) -> None:
    found, expected = as_numbers(objects(values)), np.array(values)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_fractions_decimals_and_huge_integers_are_floats() -> None:
    found = as_numbers(objects([fractions.Fraction(1, 4), decimal.Decimal("0.5"), 2**70]))
    np.testing.assert_array_equal(found, [0.25, 0.5, 2.0**70])


def test_rows_in_the_elements_are_stacked() -> None:
    column = np.empty(2, dtype=object)
    column[:] = [np.array([1.0, 2.0]), [3.0, 4.0]]
    np.testing.assert_array_equal(as_numbers(column), [[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, None], "None at index 1"),
        ([[1, 2], [3, "a"]], "'a' at index 1, 1"),
        (["1", "2"], "'1' at index 0"),
        ([1, object()], "a object at index 1"),
        (None, "None"),
    ],
)
def test_what_is_not_a_number_is_named(values: Any, words: str) -> None:
    assert as_numbers(objects(values)) is None
    assert first_other(objects(values)) == words
    with pytest.raises(ValueError, match=f"object, which holds {words}, to a tensor"):
        ops.convert_to_tensor(objects(values))


def test_rows_of_different_lengths_are_not_numbers() -> None:
    ragged = np.empty(2, dtype=object)
    ragged[:] = [[1, 2], [3]]
    assert as_numbers(ragged) is None
    assert first_other(ragged) == "rows of different lengths"


def test_tensors_get_the_dtypes_of_lists() -> None:
    assert ops.convert_to_tensor(objects([1, 2])).dtype is torch.int32
    assert ops.convert_to_tensor(objects([1.0, 2])).dtype is torch.float32
    assert ops.convert_to_tensor(objects([True])).dtype is torch.bool
    assert ops.convert_to_tensor(objects([1, 2]), "float64").dtype is torch.float64
    assert ops.add(objects([[1.0]]), 2).tolist() == [[3.0]]
    assert Variable(objects([1.0, 2.0])).dtype == "float32"


def test_losses_and_metrics_take_them() -> None:
    y_true, y_pred = objects([[1.0], [2.0]]), objects([[2.0], [4.0]])
    assert losses.MeanSquaredError()(y_true, y_pred) == 2.5
    assert losses.mean_absolute_error(y_true, y_pred).tolist() == [1.0, 2.0]
    assert metrics.MeanAbsoluteError()(y_true, y_pred, sample_weight=objects([1.0, 0.0])) == 1.0


def test_training_takes_them_everywhere_and_gives_the_same_numbers() -> None:
    x, y, weights = np.random.rand(12, 3), np.random.rand(12, 1), np.random.rand(12)
    found = []
    for convert in (np.asarray, objects):
        model = Sequential([layers.Input((3,)), layers.Dense(1, kernel_initializer="ones")])
        model.compile("sgd", "mse")
        given = [convert(a) for a in (x, y, weights)]
        history = model.fit(given[0], given[1], sample_weight=given[2], validation_split=0.25, shuffle=False, verbose=0)
        found.append(
            (
                history.history,
                model.evaluate(given[0], given[1], verbose=0),
                model.predict(given[0], verbose=0).tolist(),
            )
        )
        found[-1] += (model.train_on_batch(given[0], given[1]), model(given[0]).tolist())
    assert found[0] == found[1]
    with pytest.raises(ValueError, match="`x` has dtype object and holds None at index 0, 0"):
        model.fit(objects([[None, 1.0, 2.0]]), np.ones(1), verbose=0)


def test_pandas_columns_of_objects_that_are_numbers_are_numbers() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": objects([1, 2, 3]), "b": [0.5, 1.5, 2.5]})
    model = Sequential([layers.Input((2,)), layers.Dense(1, kernel_initializer="ones")])
    assert model.predict(frame, verbose=0)[:, 0].tolist() == [1.5, 3.5, 5.5]
