"""Shape inference of layers: their weights stand aside for meta tensors while `call` runs on meta inputs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

_open: list[list[tuple[dict, str, torch.Tensor]]] = []


@contextlib.contextmanager
def meta_weights(module: nn.Module) -> Iterator[None]:
    """Replace parameters and buffers of ``module`` and everything below by meta tensors inside the scope."""
    _open.append([])
    try:
        to_meta(module)
        yield
    finally:
        replaced = _open.pop()
        if _open:  # weights made inside are needed on the meta device in the scope around, too
            _open[-1].extend(replaced)
        else:
            for store, key, tensor in reversed(replaced):
                if key in store:
                    store[key] = tensor


def to_meta(module: nn.Module) -> None:
    """Replace weights built inside a :func:`meta_weights` scope too."""
    if not _open:
        return
    for child in module.modules():
        stores: tuple[dict[str, Any], ...] = (child._parameters, child._buffers)
        for store in stores:
            for key, tensor in store.items():
                if tensor is not None and tensor.device.type != "meta":
                    _open[-1].append((store, key, tensor))
                    meta = torch.empty_like(tensor, device="meta")
                    store[key] = nn.Parameter(meta, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else meta
