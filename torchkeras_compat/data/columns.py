"""From what a user calls an array to a column: a tensor of rows, or rows that are read in slices."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.data.sliced_rows import SlicedRows, batch_dtype, is_sliced, tensor_of
from torchkeras_compat.ops.object_arrays import as_numbers, first_other
from torchkeras_compat.variable_base import VariableBase

Column = torch.Tensor | SlicedRows


def is_array(value: Any) -> bool:
    """Return whether ``value`` is one array: of NumPy, torch, pandas, h5py, scipy, or anything with ``__array__``.

    Example:
        >>> is_array(np.zeros(2)), is_array([1, 2]), is_array(3.0)
        (True, False, False)
    """
    if isinstance(value, (torch.Tensor, np.ndarray)) or is_sliced(value) or _is_pandas(value):
        return True
    return isinstance(value, VariableBase) or (
        hasattr(value, "__array__") and hasattr(value, "shape") and not isinstance(value, np.generic)
    )


def fold_number_lists(structure: Any) -> Any:
    """Return the structure with every list or tuple that holds only numbers made a NumPy array.

    ``[[1, 2], [3, 4]]`` is one array of two rows; ``[array, array]`` stays two inputs.

    Args:
        structure: What the user gave as ``x``, ``y`` or ``sample_weight``.

    Raises:
        ValueError: nested lists of numbers whose lengths differ, or an empty list.

    Example:
        >>> fold_number_lists({"a": [[1, 2], [3, 4]]})["a"].shape
        (2, 2)
    """
    if isinstance(structure, dict):
        folded = {key: fold_number_lists(value) for key, value in structure.items()}
        return type(structure)(folded) if type(structure) is not dict else folded
    if not isinstance(structure, (list, tuple)):
        return structure
    if _first_leaf_is_number(structure):
        try:
            array = np.asarray(structure)
        except ValueError as error:
            raise ValueError(
                "Lists of numbers must be rectangular, and the rows received have different lengths. "
                "Pad them to one length (see `utils.pad_sequences`), or pass them as one array."
            ) from error
        return array
    if tree.is_nested(structure) and hasattr(structure, "_fields"):
        return type(structure)(*(fold_number_lists(value) for value in structure))
    return type(structure)(fold_number_lists(value) for value in structure)


def as_column(value: Any, name: str) -> Column:
    """Return an array as a column of samples.

    Float arrays become :func:`~torchkeras_compat.config.floatx`; integers and booleans stay. Memory is shared with
    the array where the dtype is already right. A pandas Series becomes a column of shape ``(samples, 1)``. Nullable
    columns with missing values become floats with NaN. A categorical column gives its values if they are numbers, else
    the places of its categories, 0, 1, ...

    Args:
        value: One array.
        name: What to call it in errors, such as ``x['age']``.

    Raises:
        ValueError: strings, objects, a scalar, or no array at all.

    Example:
        >>> as_column(np.zeros((2, 3)), "x").dtype
        torch.float32
    """
    if isinstance(value, SlicedRows):
        return value
    if _is_pandas(value):
        value = _pandas_array(value, name)
    if isinstance(value, VariableBase):
        value = value.value
    if isinstance(value, torch.Tensor):
        column = value.detach()
        if column.layout is not torch.strided:
            column = column.to_dense()
    elif is_array(value):
        if not hasattr(value, "dtype") or not hasattr(value.dtype, "kind"):
            value = np.asarray(value)
        if isinstance(value, np.ndarray) and value.dtype.kind == "O":
            value = _numbers_of(value, name)
        _refuse_dtype(value.dtype, name)
        if is_sliced(value):
            return SlicedRows(value)
        column = tensor_of(np.asarray(value))
    else:
        raise ValueError(
            f"Unrecognized data type: `{name}` is {_described(value)}. Expected all elements to be array-like: NumPy "
            "arrays, "
            "torch tensors, pandas frames or lists of numbers; or pass a DataLoader, generator or PyDataset as `x`."
        )
    if column.ndim == 0:
        raise ValueError(
            f"`{name}` is a scalar, but data needs a first axis for the samples. Pass an array of shape (samples, ...)."
        )
    return column.to(batch_dtype(column.dtype))


def _first_leaf_is_number(value: Any) -> bool:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    if isinstance(value, (list, tuple)):
        raise ValueError("The data is empty: received an empty list. Pass at least one sample.")
    return isinstance(value, (bool, int, float, np.generic)) and not isinstance(value, (np.str_, np.bytes_))


def _numbers_of(array: np.ndarray, name: str) -> np.ndarray:
    found = as_numbers(array)
    if found is None:
        raise ValueError(
            f"`{name}` has dtype {array.dtype} and holds {first_other(array)}, which cannot become a tensor. Encode"
            " strings and objects as numbers first, fill in what is missing, and pad rows to one length."
        )
    return found


def _refuse_dtype(dtype: Any, name: str) -> None:
    if dtype.kind in "OSUVMmT" and dtype.name != "bfloat16":
        raise ValueError(
            f"`{name}` has dtype {dtype}, which cannot become a tensor. "
            "Encode strings and objects as numbers first (`array.astype('float32')` where the values are numbers)."
        )


def _is_pandas(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series, pandas.Index))


def _pandas_array(value: Any, name: str) -> np.ndarray:
    columns = value.items() if value.ndim == 2 else [(getattr(value, "name", None), value)]
    arrays = []
    for label, column in columns:
        if column.dtype.name == "category":
            column = _category_numbers(column)
        elif column.dtype == object:
            found = as_numbers(column.to_numpy())
            column = column if found is None or found.ndim > 1 else found
        kind = getattr(column.dtype, "kind", "O")
        if kind not in "biufc":
            raise ValueError(
                f"Column {label!r} of `{name}` has dtype {column.dtype}, which cannot become a tensor. Encode it as "
                "numbers "
                "first, for example with `frame[column].astype('category').cat.codes`, or drop it."
            )
        if type(column.dtype).__module__.startswith("pandas"):  # Int64, Float32, boolean: may hold pandas.NA
            holds_missing = bool(column.isna().any())
            column = column.to_numpy(
                "float64" if holds_missing else column.dtype.numpy_dtype, na_value=np.nan if holds_missing else None
            )
        arrays.append(np.asarray(column))
    if value.ndim == 1:
        return arrays[0][:, None]
    return np.stack(arrays, axis=1) if arrays else np.empty((len(value), 0), "float32")


def _category_numbers(column: Any) -> Any:
    """The numbers of a categorical column: its values if they are numbers, else the places of its categories."""
    categorical = getattr(column, "cat", column)  # an Index has the attributes of `cat` itself
    if getattr(categorical.categories.dtype, "kind", "O") in "biuf":
        return column.astype("float64" if column.isna().any() else categorical.categories.dtype)
    codes = np.asarray(categorical.codes).astype("int64")
    return np.where(codes < 0, np.nan, codes) if (codes < 0).any() else codes


def _described(value: Any) -> str:
    if isinstance(value, (str, bytes, int, float)):
        return f"{value!r:.60} of type {type(value).__name__}"
    return f"of type {type(value).__name__}"
