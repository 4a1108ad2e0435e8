"""Operations on the bits of integers and on booleans."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.broadcasting import broadcasting_operation
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_pair
from torchkeras_compat.symbolic.operation import operation


@broadcasting_operation(tensors=("x", "y"))
def bitwise_and(x: Any, y: Any) -> torch.Tensor:
    """Bits set in both.

    Example:
        >>> bitwise_and(torch.tensor([6]), 3)
        tensor([2])
    """
    return torch.bitwise_and(*as_pair(x, y))


@broadcasting_operation(tensors=("x", "y"))
def bitwise_or(x: Any, y: Any) -> torch.Tensor:
    """Bits set in either.

    Example:
        >>> bitwise_or(torch.tensor([6]), 3)
        tensor([7])
    """
    return torch.bitwise_or(*as_pair(x, y))


@broadcasting_operation(tensors=("x", "y"))
def bitwise_xor(x: Any, y: Any) -> torch.Tensor:
    """Bits set in one and not in the other.

    Example:
        >>> bitwise_xor(torch.tensor([6]), 3)
        tensor([5])
    """
    return torch.bitwise_xor(*as_pair(x, y))


@operation
def bitwise_invert(x: Any) -> torch.Tensor:
    """Bits that are not set; logical not of booleans.

    Example:
        >>> bitwise_invert(torch.tensor([6]))
        tensor([-7])
    """
    return torch.bitwise_not(convert_to_tensor(x))


bitwise_not = bitwise_invert


@broadcasting_operation(tensors=("x", "y"))
def bitwise_left_shift(x: Any, y: Any) -> torch.Tensor:
    """Bits of ``x`` moved ``y`` places up, ``x * 2**y``.

    Example:
        >>> bitwise_left_shift(torch.tensor([3]), 2)
        tensor([12])
    """
    return torch.bitwise_left_shift(*as_pair(x, y))


left_shift = bitwise_left_shift


@broadcasting_operation(tensors=("x", "y"))
def bitwise_right_shift(x: Any, y: Any) -> torch.Tensor:
    """Bits of ``x`` moved ``y`` places down, ``floor(x / 2**y)``.

    Example:
        >>> bitwise_right_shift(torch.tensor([12]), 2)
        tensor([3])
    """
    return torch.bitwise_right_shift(*as_pair(x, y))


right_shift = bitwise_right_shift
