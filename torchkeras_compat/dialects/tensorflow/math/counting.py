"""How often numbers come: counts, histograms, confusion matrices."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import integer, operands, tensor
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def _known(size: Any) -> int | None:
    """A size that is a number; None for one that a model computes."""
    return None if isinstance(size, KerasTensor) else integer(size, "size")


def _bincount_spec(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
    axis: int | None = None,
    binary_output: bool = False,
) -> KerasTensor:
    """The length follows from the largest integer, but where both limits are one number."""
    limits = [None if size is None else _known(size) for size in (minlength, maxlength)]
    length = limits[0] if limits[0] == limits[1] else None
    shape = static_shape(arr)
    if weights is not None:
        dtype = weights.dtype if isinstance(weights, KerasTensor) else tensor(weights).dtype
    return KerasTensor((shape[0], length) if axis == -1 and len(shape) > 1 else (length,), standardize_dtype(dtype))


@tensor_function(spec=_bincount_spec)
def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
    axis: int | None = None,
    binary_output: bool = False,
) -> torch.Tensor:
    """Return how often each integer from 0 on comes, or the sum of the weights where it does.

    Args:
        arr: Integers that are not negative.
        weights: Numbers of the same shape, whose dtype the result has.
        minlength: Least length of the result.
        maxlength: Greatest length; larger integers are left out.
        dtype: Dtype of counts.
        name: Not used.
        axis: None or 0 for all integers together, -1 for each row of a matrix.
        binary_output: Whether to tell with 1 that an integer comes, whatever how often.

    Raises:
        InvalidArgumentError: an integer is negative.
        ValueError: ``axis`` is another one, or ``weights`` and ``binary_output`` are given.
    """
    x = tensor(arr).to(torch.int64)
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are supported.")
    if weights is not None and binary_output:
        raise ValueError("Arguments `binary_output` and `weights` are mutually exclusive. Use one of them.")
    if x.numel() and int(x.min()) < 0:
        raise InvalidArgumentError("`tf.math.bincount` counts integers that are not negative.")
    length = int(x.max()) + 1 if x.numel() else 0
    length = max(length, integer(minlength, "minlength") if minlength is not None else 0)
    length = min(length, integer(maxlength, "maxlength") if maxlength is not None else length)
    rows = x.reshape(1, -1) if axis != -1 or x.ndim < 2 else x
    if weights is None:
        amounts = torch.ones(rows.shape, dtype=to_torch_dtype(dtype), device=x.device)
    else:
        amounts = tensor(weights).reshape(rows.shape)
    kept = rows < length
    start = amounts.new_zeros(rows.shape[0], length + 1)
    found = start.scatter_add(1, torch.where(kept, rows, length), amounts)[:, :length]
    found = (found > 0).to(found.dtype) if binary_output else found
    return found if axis == -1 and x.ndim > 1 else found[0]


def _histogram_spec(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = "int32", name: str | None = None
) -> KerasTensor:
    return KerasTensor((_known(nbins),), standardize_dtype(dtype))


def _histogram_bins_spec(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = "int32", name: str | None = None
) -> KerasTensor:
    return KerasTensor(static_shape(values), standardize_dtype(dtype))


@tensor_function(spec=_histogram_spec)
def histogram_fixed_width(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = "int32", name: str | None = None
) -> torch.Tensor:
    """Return how many values lie in each of ``nbins`` equal parts of a range; the outer parts take what lies outside.

    Raises:
        InvalidArgumentError: ``nbins`` is not positive, or the range is empty.
    """
    bins = _bins(values, value_range, nbins)
    return torch.bincount(bins.reshape(-1), minlength=integer(nbins, "nbins")).to(to_torch_dtype(dtype))


@tensor_function(spec=_histogram_bins_spec)
def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = "int32", name: str | None = None
) -> torch.Tensor:
    """Return the part of the range, out of ``nbins`` equal ones, in which each value lies."""
    return _bins(values, value_range, nbins).to(to_torch_dtype(dtype))


def _bins(values: Any, value_range: Any, nbins: Any) -> torch.Tensor:
    x, limits = operands(values, value_range)
    count = integer(nbins, "nbins")
    if count < 1 or tuple(limits.shape) != (2,) or not bool(limits[0] < limits[1]):
        raise InvalidArgumentError(
            f"A histogram needs a positive number of parts of a range [low, high]. Received: nbins={count}"
        )
    wide = x.to(torch.float64)
    low, high = limits.to(torch.float64)
    return torch.floor(count * (wide - low) / (high - low)).clamp(0, count - 1).to(torch.int64)


def _confusion_spec(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    weights: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
) -> KerasTensor:
    count = None if num_classes is None else _known(num_classes)
    return KerasTensor((count, count), standardize_dtype(dtype))


@tensor_function(spec=_confusion_spec)
def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    weights: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
) -> torch.Tensor:
    """Return how often each class (row) was predicted as each (column), or the sum of weights.

    Args:
        labels: ``(samples,)`` integer class labels, or ``(samples, 1)``.
        predictions: The same, of what was predicted.
        num_classes: Number of classes; None for the largest label plus one.
        weights: Numbers ``(samples,)``.
        dtype: Dtype of the result.
        name: Not used.

    Raises:
        InvalidArgumentError: a label is negative or too large, or shapes differ.
    """
    true, guessed = (_column(tensor(x)) for x in (labels, predictions))
    if true.shape != guessed.shape:
        raise InvalidArgumentError(f"Labels and predictions differ: {tuple(true.shape)} and {tuple(guessed.shape)}")
    largest = max((int(x.max()) for x in (true, guessed) if x.numel()), default=-1)
    least = min((int(x.min()) for x in (true, guessed) if x.numel()), default=0)
    count = largest + 1 if num_classes is None else integer(num_classes, "num_classes")
    if least < 0 or largest >= count:
        raise InvalidArgumentError(f"Classes must lie in [0, {count}). Received classes from {least} to {largest}.")
    amounts = (
        torch.ones(true.shape, dtype=to_torch_dtype(dtype), device=true.device)
        if weights is None
        else _column(tensor(weights)).to(to_torch_dtype(dtype))
    )
    start = amounts.new_zeros(count * count)
    return start.scatter_add(0, true * count + guessed, amounts.expand(true.shape)).reshape(count, count)


def _column(x: torch.Tensor) -> torch.Tensor:
    x = x.squeeze(-1) if x.ndim == 2 and x.shape[-1] == 1 else x
    return x if x.is_floating_point() else x.to(torch.int64)


def _confusion_v1_spec(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
    weights: Any = None,
) -> KerasTensor:
    return _confusion_spec(labels, predictions, num_classes, weights, dtype)


@tensor_function(spec=_confusion_v1_spec)
def confusion_matrix_v1(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
    weights: Any = None,
) -> torch.Tensor:
    """Return :func:`confusion_matrix` with the arguments in the order of TensorFlow 1."""
    function: Any = confusion_matrix
    found: torch.Tensor = function.__wrapped__(labels, predictions, num_classes, weights, dtype)
    return found
