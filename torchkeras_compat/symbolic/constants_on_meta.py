"""Constants beside meta tensors: a table that a layer made for itself, where only shapes are worked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode


class ConstantsOnMeta(TorchDispatchMode):
    """Lets operations take tensors of any device beside meta tensors: those count by their shapes, too.

    Example:
        >>> with ConstantsOnMeta():
        ...     (torch.empty(2, 3, device="meta") + torch.ones(3)).shape
        torch.Size([2, 3])
    """

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        leaves = [x for x in pytree.tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
        if any(x.is_meta for x in leaves) and not all(x.is_meta for x in leaves):
            args, kwargs = pytree.tree_map_only(torch.Tensor, _as_meta, (args, kwargs))
        return func(*args, **kwargs)


def _as_meta(x: torch.Tensor) -> torch.Tensor:
    return x if x.is_meta else torch.empty_strided(x.size(), x.stride(), dtype=x.dtype, device="meta")
