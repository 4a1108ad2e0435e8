"""`multi_gpu_model`: what it means in one process."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.user_warnings import warn_user


def multi_gpu_model(model: Any, gpus: Any = None, cpu_merge: bool = True, cpu_relocation: bool = False) -> Any:
    """Return the model itself, which computes whole batches on its one device, and say so.

    Keras 2 split each batch over GPUs and put the parts together again, so that the gradient was that of the whole
    batch. It is the same here, without the parts. Several GPUs take several processes: start the script by
    ``torchrun``, with torch's ``DistributedDataParallel`` around the model and a loop of your own.

    Args:
        model: The model, whose weights the result shares: as in Keras, either may be saved.
        gpus: Number of GPUs, at least 2, or a list of their numbers; None for all.
        cpu_merge: Where Keras merged weights; nothing has to be merged.
        cpu_relocation: Where Keras made weights; they are where they are.

    Raises:
        ValueError: one GPU or none is asked for.

    Example:
        >>> import warnings
        >>> from torchkeras_compat import Sequential, layers
        >>> model = Sequential([layers.Dense(2)])
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     multi_gpu_model(model, gpus=2) is model
        True

    Source: Keras 2.3 API, utils/multi_gpu_model.
    """
    number = gpus if isinstance(gpus, int) or gpus is None else len(gpus)
    if number is not None and number < 2:
        raise ValueError(
            "For multi-gpu usage to be effective, call `multi_gpu_model` with two or more GPUs. "
            f"Received: gpus={gpus!r}"
        )
    warn_user(
        "`multi_gpu_model` returns the model as it is: one process computes whole batches on one device. For several "
        "GPUs, start the script by torchrun and train `torch.nn.parallel.DistributedDataParallel(model)` in a loop of "
        "your own."
    )
    return model
