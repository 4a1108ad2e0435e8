"""From what a user passes to ``fit``, ``evaluate`` or ``predict`` to the adapter for it."""

from __future__ import annotations

import types
from typing import Any

import torch

from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.data.arrays import ArraysAdapter
from torchkeras_compat.data.checks import check_batch_size
from torchkeras_compat.data.columns import is_array
from torchkeras_compat.data.generator import GeneratorAdapter
from torchkeras_compat.data.hugging_face import HuggingFaceAdapter, is_hugging_face
from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.data.pipeline_adapter import PipelineAdapter
from torchkeras_compat.data.py_dataset import PyDataset
from torchkeras_compat.data.py_dataset_adapter import PyDatasetAdapter
from torchkeras_compat.data.tensorflow_dataset import TensorflowDatasetAdapter, is_tensorflow_dataset
from torchkeras_compat.data.torch_dataset import TorchDatasetAdapter
from torchkeras_compat.data.torch_loader import TorchLoaderAdapter
from torchkeras_compat.device import current_device
from torchkeras_compat.plugins.data import adapter_class


def make_adapter(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    steps_per_epoch: int | None = None,
    shuffle: bool | str = True,
    class_weight: dict[int, float] | None = None,
    device: torch.device | str | None = None,
    check_finite: bool = False,
) -> Adapter:
    """Return the adapter that turns ``x``, ``y`` and ``sample_weight`` into batches on the device.

    All that can be wrong with the arguments is refused here, before anything else happened.

    Args:
        x: NumPy array, torch tensor, pandas frame, h5py dataset, scipy sparse matrix, list of numbers, nested lists,
            tuples and dictionaries of these; or a ``DataLoader``, a torch or Hugging Face ``Dataset``, a
            ``tf.data.Dataset``, a dataset of ``utils``, generator, iterable of batches or ``PyDataset``; or what the
            adapter of a plugin accepts.
        y: Targets, for arrays only.
        sample_weight: Weights of the samples, for arrays only.
        batch_size: Rows a batch, for arrays and datasets of samples; None for 32, or, for arrays, for what makes
            ``steps_per_epoch`` batches.
        steps_per_epoch: Only to choose ``batch_size``; :class:`~torchkeras_compat.data.epochs.Epochs` counts the steps.
        shuffle: For arrays True, False or ``"batch"``; for a ``PyDataset`` whether to shuffle its batches. A
            ``DataLoader`` or generator has its own order, and True does nothing to it.
        class_weight: Labels of the single target and their weights.
        device: Where the batches go; None for :func:`~torchkeras_compat.device.current_device`.
        check_finite: Whether to warn of NaN and infinity in arrays in memory; ``fit`` asks for it.

    Raises:
        ValueError: data of an unknown type, and whatever the adapter of its type refuses.

    Example:
        >>> adapter = make_adapter(torch.zeros(5, 2), torch.zeros(5), batch_size=2, shuffle=False, device="cpu")
        >>> for x, y, sample_weight in adapter.epoch():
        ...     print(tuple(x.shape), tuple(y.shape), sample_weight)
        (2, 2) (2,) None
        (2, 2) (2,) None
        (1, 2) (1,) None
    """
    check_batch_size(batch_size, steps_per_epoch)
    device = current_device() if device is None else torch.device(device)
    if device.type == "cuda" and device.index is None:
        device = torch.device("cuda", torch.cuda.current_device())  # tensors name their index, and are compared with it
    options: dict[str, Any] = {
        "batch_size": batch_size,
        "shuffle": shuffle,
        "class_weight": class_weight,
        "device": device,
    }
    if isinstance(x, PyDataset):
        return PyDatasetAdapter(x, y, sample_weight, **options)
    if isinstance(x, Pipeline):
        return PipelineAdapter(x, y, sample_weight, **options)
    if isinstance(x, torch.utils.data.DataLoader):
        return TorchLoaderAdapter(x, y, sample_weight, **options)
    if _is_foreign(x):
        found = adapter_class(x)
        if found is not None:
            return found(x, y, sample_weight, **options)
    if is_hugging_face(x):
        return HuggingFaceAdapter(x, y, sample_weight, **options)
    if is_tensorflow_dataset(x):
        return TensorflowDatasetAdapter(x, y, sample_weight, **options)
    if isinstance(x, torch.utils.data.Dataset):
        return TorchDatasetAdapter(x, y, sample_weight, **options)
    if _is_stream(x):
        return GeneratorAdapter(x, y, sample_weight, **options)
    return ArraysAdapter(x, y, sample_weight, steps_per_epoch=steps_per_epoch, check_finite=check_finite, **options)


def _is_foreign(x: Any) -> bool:
    """Return whether plugins are asked for an adapter: the data is of no type that this package knows."""
    known = (list, tuple, dict, set, frozenset, str, bytes, int, float, types.GeneratorType, type(None))
    return not is_array(x) and not isinstance(x, known)


def _is_stream(x: Any) -> bool:
    if is_array(x) or isinstance(x, (list, tuple, dict, set, frozenset, str, bytes)):
        return False
    return hasattr(x, "__next__") or hasattr(x, "__iter__")
