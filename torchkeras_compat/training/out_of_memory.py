"""What a loop adds to an out-of-memory error: where it was, how much was asked for, what to do."""

from __future__ import annotations

import math
import os
import re
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.data.epochs import Batch
from torchkeras_compat.training.progress import Progress
from torchkeras_compat.training.step import batch_size_of


class ExplainsOutOfMemory:
    """A scope whose out-of-memory errors carry a note with the step, the batch size and the memory.

    Args:
        method: What the user called: ``"fit"``, ``"evaluate"`` or ``"predict"``.
        model: The model.
        progress: Where the loop is; read only when there is such an error.

    Example:
        >>> progress = Progress()
        >>> try:
        ...     with ExplainsOutOfMemory("fit", torch.nn.Linear(2, 1), progress):
        ...         progress.step, progress.batch = 0, (torch.zeros(8, 2), None, None)
        ...         raise torch.OutOfMemoryError("Tried to allocate 2.00 GiB")
        ... except torch.OutOfMemoryError as error: print(error.__notes__[0].splitlines()[0])
        `fit` ran out of memory in step 1, with batches of 8 samples: x (8, 2) float32.
    """

    def __init__(self, method: str, model: torch.nn.Module, progress: Progress) -> None:
        self.method = method
        self.model = model
        self.progress = progress

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if not isinstance(error, (RuntimeError, MemoryError)) or not is_out_of_memory(error):
            return
        if not hasattr(error, "_is_explained"):
            error._is_explained = True  # type: ignore[union-attr]  # by the inner loop, of validation
            error.add_note(explanation(self.method, error, self.model, self.progress))


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error is an out-of-memory error, of a device or of the host."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return any(words in str(error) for words in ("out of memory", "DefaultCPUAllocator: can't allocate"))


def explanation(method: str, error: BaseException, model: torch.nn.Module, progress: Progress) -> str:
    """Return the note: the step and its batch, the memory, what to do."""
    batch = progress.batch
    size = None if batch is None else batch_size_of(batch[0])
    where = "before the first step" if size is None else f"in step {progress.step + 1}"
    if progress.epoch is not None:
        where += f" of epoch {progress.epoch + 1}"
    lines = [f"`{method}` ran out of memory {where}."]
    if batch is not None:
        lines = [f"`{method}` ran out of memory {where}, with batches of {size} samples: {_shapes(batch)}."]
    memory = [f"Asked for: {asked}" if (asked := _asked(error)) else "", _free(model)]
    lines.append("; ".join(part for part in memory if part))
    lines.append(_advice(method, size))
    return "\n".join(line for line in lines if line)


def _shapes(batch: Batch) -> str:
    found = []
    for name, part in zip(("x", "y", "sample_weight"), batch, strict=False):
        for leaf in pytree.tree_leaves(part):
            if isinstance(leaf, torch.Tensor):
                found.append(f"{name} {tuple(leaf.shape)} {str(leaf.dtype).removeprefix('torch.')}")
    return ", ".join(found)


def _asked(error: BaseException) -> str:
    """Return the size that torch, or NumPy, says it could not get."""
    found = re.search(r"allocate ([\d.]+ ?(?:[KMGT]?i?B|bytes))", str(error))
    if not found:
        return ""
    number, unit = re.match(r"([\d.]+) ?(.*)", found[1]).groups()  # type: ignore[union-attr]
    return _readable(int(number)) if unit == "bytes" else found[1]


def _free(model: torch.nn.Module) -> str:
    """Return how much is free where the model lies."""
    device = next((p.device for p in model.parameters()), None)
    if device is not None and device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        own = _readable(torch.cuda.memory_allocated(device))
        return f"free: {_readable(free)} of {_readable(total)} on {device}; tensors of this process: {own}"
    if device is not None and device.type == "cpu" and "SC_AVPHYS_PAGES" in getattr(os, "sysconf_names", {}):
        page = os.sysconf("SC_PAGE_SIZE")
        free, total = (page * os.sysconf(name) for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"))
        return f"free: {_readable(free)} of {_readable(total)} on the host"
    return ""


def _readable(size: float) -> str:
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    power = min(int(math.log(max(size, 1), 1024)), len(units) - 1)
    return f"{size / 1024**power:.{2 if power else 0}f} {units[power]}"


def _advice(method: str, size: int | None) -> str:
    if size is None:
        return "Use a smaller model, or a generator or `PyDataset`, which brings the data to the device batch by batch."
    smaller = f"a smaller batch, `{method}(..., batch_size={max(1, size // 2)})`" if size > 1 else ""
    if method != "fit":
        return f"Try {smaller or 'a smaller input'}, or layers made under `set_dtype_policy('mixed_bfloat16')`."
    same = "; the optimizer's `gradient_accumulation_steps=2` keeps the effect of the larger one" if smaller else ""
    return (
        f"Try {smaller or 'smaller samples'}{same}; or layers made under `set_dtype_policy('mixed_bfloat16')`, which"
        " halves most activations."
    )
