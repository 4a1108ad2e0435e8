"""Class indices as vectors of zeros and ones."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> torch.Tensor:
    """Return a new axis with 1 at the place of each index and 0 elsewhere.

    Args:
        x: Integer tensor. An index outside ``[0, num_classes)`` becomes zeros: nothing is checked on the device.
        num_classes: Size of the new axis.
        axis: Position of the new axis in the result.
        dtype: Dtype of the result; None for floatx.
        sparse: Only False.

    Raises:
        ValueError: there is no such axis, or ``sparse`` is set.

    Example:
        >>> one_hot([0, 2, -1], 3)
        tensor([[1., 0., 0.],
                [0., 0., 1.],
                [0., 0., 0.]])
    """
    if sparse:
        raise ValueError("Sparse tensors are not supported: received sparse=True. Use the dense result.")
    x = convert_to_tensor(x).to(torch.int64)
    axis = normalize_axis(axis, x.ndim + 1)
    classes = torch.arange(num_classes, device=x.device).reshape(-1, *(1,) * (x.ndim - axis))
    return (x.unsqueeze(axis) == classes).to(to_torch_dtype(dtype or config.floatx()))


@operation
def multi_hot(
    inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False, **kwargs: Any
) -> torch.Tensor:
    """Return vectors with 1 at the place of every index of a row.

    Args:
        inputs: Integer tensor ``(indices,)`` or ``(batch, indices, ...)``; an index outside ``[0, num_classes)`` is
            left out.
        num_classes: Size of the new axis.
        axis: Position of the new axis before the indices are joined.
        dtype: Dtype of the result; None for floatx.
        sparse: Only False.
        **kwargs: ``num_tokens``, the old name of ``num_classes``.

    Raises:
        ValueError: ``num_classes`` is missing, an argument is unknown, or ``sparse`` is set.

    Example:
        >>> multi_hot([[0, 2], [1, 1]], 3)
        tensor([[1., 0., 1.],
                [0., 1., 0.]])
    """
    num_classes = kwargs.pop("num_tokens", None) or num_classes
    if kwargs:
        raise ValueError(f"`multi_hot` does not take the arguments {list(kwargs)}.")
    if num_classes is None:
        raise ValueError("Argument `num_classes` must be specified in `multi_hot`.")
    inputs = convert_to_tensor(inputs)
    hot = one_hot(inputs, num_classes, axis=axis, dtype=dtype, sparse=sparse)
    return hot.amax(dim=1 if inputs.ndim > 1 else 0)
