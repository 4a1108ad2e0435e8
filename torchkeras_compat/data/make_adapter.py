"""From what a user passes to ``fit``, ``evaluate`` or ``predict`` to the adapter for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.data.arrays import ArraysAdapter
from torchkeras_compat.data.checks import check_batch_size
from torchkeras_compat.device import current_device

# Of exactly these types: what inherits from one may be a dataset.
_ARRAYS = (np.ndarray, torch.Tensor, list, tuple, dict, type(None))


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
    if type(x) not in _ARRAYS:
        from torchkeras_compat.data.dataset_adapters import dataset_adapter  # 5 ms, which arrays do without

        found = dataset_adapter(x)
        if found is not None:
            return found(x, y, sample_weight, **options)
    return ArraysAdapter(x, y, sample_weight, steps_per_epoch=steps_per_epoch, check_finite=check_finite, **options)
