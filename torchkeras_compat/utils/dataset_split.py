"""A dataset in two parts."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset, IterableDataset, Subset

from torchkeras_compat import tree
from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.data.tensorflow_dataset import is_tensorflow_dataset


class Rows(Dataset[Any]):
    """Row ``i`` of several arrays, in their structure.

    Args:
        arrays: Arrays or tensors of one length, alone or in nested structures.
    """

    def __init__(self, arrays: Any) -> None:
        self.tensors = tree.map_structure(_as_tensor, arrays)
        self.length = len(tree.flatten(self.tensors)[0])

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Any:
        return tree.map_structure(lambda column: column[index], self.tensors)


class Samples(Dataset[Any]):
    """Samples in a list."""

    def __init__(self, samples: list[Any]) -> None:
        self.samples = samples

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> Any:
        return self.samples[index]


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Subset[Any], Subset[Any]]:
    """Return the first samples and the last ones of a dataset, each as a ``torch.utils.data.Dataset``.

    Args:
        dataset: An array; a list or tuple of arrays of one length; a ``torch.utils.data.Dataset``, whose samples are
            read only when they are asked for; or a dataset of ``utils``, which is read into memory, sample by sample.
        left_size: Samples of the first part, or their fraction in (0, 1); None for what ``right_size`` leaves.
        right_size: Samples of the last part, or their fraction; None for what ``left_size`` leaves.
        shuffle: Whether to shuffle the samples before. Without it their order is kept.
        seed: Repeats the order.
        preferred_backend: ``"torch"`` or None.

    Raises:
        ValueError: no size, sizes that do not fit, an empty part, arrays of different lengths, another backend.
        TypeError: something else as ``dataset`` or as a size.

    Example:
        >>> left, right = split_dataset([np.arange(5), np.arange(5) ** 2], left_size=0.4)
        >>> len(left), right[0]
        (2, (tensor(2), tensor(4)))

    Source: Keras API, utils/split_dataset.
    """
    if preferred_backend not in (None, "torch"):
        raise ValueError(f"`preferred_backend` must be 'torch' or None here. Received: {preferred_backend!r}")
    samples = _as_samples(dataset)
    length = len(samples)  # type: ignore[arg-type]
    left, right = _sizes(length, left_size, right_size)
    order = list(range(length))
    if shuffle:
        (random if seed is None else random.Random(seed)).shuffle(order)
    return Subset(samples, order[:left]), Subset(samples, order[length - right :])


def _as_samples(dataset: Any) -> Dataset[Any]:
    if isinstance(dataset, Pipeline):
        if int(dataset.cardinality()) == -1:
            raise ValueError("The dataset never ends, so it has no last part. Call `take` on it first.")
        return Samples(list((dataset.unbatch() if dataset.is_batched else dataset).batches_for_training()))
    if isinstance(dataset, IterableDataset):
        return Samples(list(dataset))
    if isinstance(dataset, Dataset):
        return dataset
    if is_tensorflow_dataset(dataset):
        return Samples([tree.map_structure(torch.as_tensor, sample) for sample in dataset.as_numpy_iterator()])
    if isinstance(dataset, (list, tuple)):
        if not dataset:
            raise ValueError(f"Received an empty {type(dataset).__name__}. Pass at least one array.")
        lengths = [len(array) for array in dataset]
        if len(set(lengths)) > 1:
            raise ValueError(f"Received arrays with different lengths: {lengths}. Make them equal.")
        return Rows(tuple(dataset))
    if isinstance(dataset, (np.ndarray, torch.Tensor)):
        return Rows(dataset)
    raise TypeError(
        f"Unsupported dataset type: {type(dataset)}. Pass an array, a list or tuple of arrays, or a torch Dataset."
    )


def _as_tensor(array: Any) -> torch.Tensor:
    return array if isinstance(array, torch.Tensor) else torch.as_tensor(np.asarray(array))


def _sizes(length: int, left_size: Any, right_size: Any) -> tuple[int, int]:
    if left_size is None and right_size is None:
        raise ValueError("At least one of the `left_size` or `right_size` must be specified. Received None for both.")
    for name, size in (("left_size", left_size), ("right_size", right_size)):
        if size is None:
            continue
        if isinstance(size, bool) or not isinstance(size, (int, float)):
            raise TypeError(f"Invalid `{name}` type. Expected int, float or None. Received: {name}={size!r}")
        if not 0 < size < (1 if isinstance(size, float) else length):
            raise ValueError(
                f"`{name}` should be either a positive integer smaller than {length}, or a float within the range "
                f"(0, 1). Received: {name}={size}"
            )
    if isinstance(left_size, float) and isinstance(right_size, float) and left_size + right_size > 1:
        raise ValueError(
            f"The sum of `left_size` and `right_size` is greater than 1. Received: {left_size} and {right_size}"
        )
    left = round(left_size * length) if isinstance(left_size, float) else left_size
    right = round(right_size * length) if isinstance(right_size, float) else right_size
    left = length - right if left is None else left
    right = length - left if right is None else right
    if left + right > length:
        raise ValueError(f"`left_size` and `right_size` are {left} and {right} samples, and there are {length}.")
    if left == 0 or right == 0:
        raise ValueError(
            f"With `dataset` of length={length}, the parts have {left} and {right} samples: one would be empty. Adjust "
            "`left_size` or `right_size`."
        )
    return left, right
