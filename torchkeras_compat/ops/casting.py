"""Dtypes asked for and changed."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.conversion import cast, convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


def dtype(x: Any) -> str:
    """Return the dtype of a tensor, array, variable or number by Keras's name.

    Example:
        >>> dtype(torch.zeros(1, dtype=torch.float16)), dtype(1.0)
        ('float16', 'float32')
    """
    return standardize_dtype(x.dtype if hasattr(x, "dtype") else convert_to_tensor(x).dtype)


@operation
def saturate_cast(x: Any, dtype: Any) -> torch.Tensor:
    """Return ``x`` in another dtype, with what lies outside its range at the ends of the range.

    Raises:
        ValueError: the dtype is unknown.

    Example:
        >>> saturate_cast([-256.0, 1.0, 257.0], "uint8")
        tensor([  0,   1, 255], dtype=torch.uint8)
    """
    x, target = convert_to_tensor(x), to_torch_dtype(dtype)
    result = cast(x, target)
    if target is torch.bool or target.is_complex or x.is_complex() or x.dtype is torch.bool:
        return result
    if target.is_floating_point:
        limits: Any = torch.finfo(target)
        source = torch.finfo(x.dtype).max if x.is_floating_point() else torch.iinfo(x.dtype).max
        return cast(x.clamp(limits.min, limits.max), target) if source > limits.max else result
    limits = torch.iinfo(target)
    wide = x if x.is_floating_point() else x.to(torch.int64)
    # Compared before the cast: the ends of the range are not always numbers of the dtype of x.
    result = torch.where(wide >= limits.max, limits.max, result)
    return torch.where(wide <= limits.min, limits.min, result).to(target)
