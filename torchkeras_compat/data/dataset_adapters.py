"""The adapters of all that is not arrays: datasets, loaders, generators, and what plugins know."""

from __future__ import annotations

import types
from typing import Any

import torch

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
from torchkeras_compat.plugins.data import adapter_class


def dataset_adapter(x: Any) -> Any | None:
    """Return the class of the adapter for a dataset, loader, generator or iterable; None for arrays.

    Args:
        x: What the user gave as data.

    Example:
        >>> dataset_adapter(iter([])).__name__, dataset_adapter([1.0, 2.0])
        ('GeneratorAdapter', None)
    """
    if isinstance(x, PyDataset):
        return PyDatasetAdapter
    if isinstance(x, Pipeline):
        return PipelineAdapter
    if isinstance(x, torch.utils.data.DataLoader):
        return TorchLoaderAdapter
    if _is_foreign(x):
        found = adapter_class(x)
        if found is not None:
            return found
    if is_hugging_face(x):
        return HuggingFaceAdapter
    if is_tensorflow_dataset(x):
        return TensorflowDatasetAdapter
    if isinstance(x, torch.utils.data.Dataset):
        return TorchDatasetAdapter
    return GeneratorAdapter if _is_stream(x) else None


def _is_foreign(x: Any) -> bool:
    """Return whether plugins are asked for an adapter: the data is of no type that this package knows."""
    known = (list, tuple, dict, set, frozenset, str, bytes, int, float, types.GeneratorType, type(None))
    return not is_array(x) and not isinstance(x, known)


def _is_stream(x: Any) -> bool:
    if is_array(x) or isinstance(x, (list, tuple, dict, set, frozenset, str, bytes)):
        return False
    return hasattr(x, "__next__") or hasattr(x, "__iter__")
