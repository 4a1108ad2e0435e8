"""What tensors are: shape, dtype, values."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.legacy.backend.graph.evaluation import evaluate
from torchkeras_compat.legacy.backend.operands import shape_vector, tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.variable_base import VariableBase


def shape(x: Any) -> Any:
    """Return the sizes of a tensor as a tensor of int32, known on the CPU; recorded for a recorded tensor.

    Example:
        >>> shape(torch.zeros(2, 3))
        tensor([2, 3], dtype=torch.int32)
        >>> int(shape(torch.zeros(2, 3))[0])
        2

    Source: Keras 2.3 API, backend.shape.
    """
    if isinstance(x, KerasTensor):
        return shape_vector(x)
    return shape_vector(x if hasattr(x, "shape") else tensor(x))


def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """Return the shape as a tuple, None where a size is not known; None for what has no shape.

    Example:
        >>> int_shape(torch.zeros(2, 3))
        (2, 3)
    """
    found = getattr(x, "shape", None)
    return None if found is None else tuple(found)


def ndim(x: Any) -> int | None:
    """Return the number of axes; None for what has no shape.

    Example:
        >>> ndim(torch.zeros(2, 3))
        2
    """
    found = int_shape(x)
    return None if found is None else len(found)


def dtype(x: Any) -> str:
    """Return the name of the dtype.

    Example:
        >>> dtype(torch.zeros(1))
        'float32'
    """
    return standardize_dtype(x.dtype)


def size(x: Any, name: str | None = None) -> Any:
    """Return the number of elements as a tensor of int32.

    Args:
        x: Tensor.
        name: Kept for Keras's signature.

    Example:
        >>> int(size(torch.zeros(2, 3)))
        6
    """
    return _product(shape(x))


@operation
def _product(x: Any) -> torch.Tensor:
    return torch.prod(tensor(x), dtype=torch.int32)


def count_params(x: Any) -> int:
    """Return the number of elements of a variable or tensor whose shape is known.

    Example:
        >>> count_params(torch.zeros(2, 3))
        6
    """
    return int(np.prod(x.shape))


def is_sparse(tensor: Any) -> bool:
    """Return whether a tensor is a sparse one of torch.

    Example:
        >>> is_sparse(torch.eye(2).to_sparse()), is_sparse(torch.eye(2))
        (True, False)
    """
    return bool(getattr(tensor, "is_sparse", False))


def to_dense(tensor: Any) -> Any:
    """Return a sparse tensor as a dense one, and others as they are.

    Example:
        >>> to_dense(torch.eye(2).to_sparse()).shape
        torch.Size([2, 2])
    """
    return tensor.to_dense() if is_sparse(tensor) else tensor


def is_tensor(x: Any) -> bool:
    """Return whether ``x`` is a tensor, recorded ones and Variables counted.

    Example:
        >>> is_tensor(torch.ones(1)), is_tensor(1)
        (True, False)
    """
    return isinstance(x, (torch.Tensor, KerasTensor, VariableBase))


def is_variable(x: Any) -> bool:
    """Return whether ``x`` is a Variable.

    Example:
        >>> is_variable(torch.ones(1))
        False
    """
    return isinstance(x, VariableBase)


def is_symbolic(x: Any) -> bool:
    """Return whether ``x`` is a recorded tensor.

    Example:
        >>> is_symbolic(KerasTensor((2,)))
        True
    """
    return isinstance(x, KerasTensor)


def is_keras_tensor(x: Any) -> bool:
    """Return whether ``x`` is a recorded tensor: an ``Input``, or what layers made of one.

    Raises:
        ValueError: ``x`` is not a tensor of any kind.

    Example:
        >>> is_keras_tensor(KerasTensor((2,))), is_keras_tensor(torch.ones(1))
        (True, False)

    Source: Keras 2.3 API, backend.is_keras_tensor.
    """
    if not is_tensor(x):
        raise ValueError(f"Unexpectedly found an instance of type `{type(x)}`. Expected a symbolic tensor instance.")
    return isinstance(x, KerasTensor)


def eval(x: Any) -> Any:
    """Return the values of a Variable, a tensor, or a recorded one that needs no inputs, as a NumPy array.

    Raises:
        ValueError: inputs are needed.

    Example:
        >>> eval(torch.ones(2))
        array([1., 1.], dtype=float32)
    """
    return evaluate(x)


@operation
def print_tensor(x: Any, message: str = "", summarize: int = 3) -> torch.Tensor:
    """Print a message and the values, each time that they are computed.

    Args:
        x: Tensor.
        message: What to print before.
        summarize: How many values at the ends of each axis; -1 for all.

    Returns:
        A tensor with the values of ``x``.

    Example:
        >>> values = print_tensor(torch.tensor([1.0, 2.0]), "x is")
        x is [1. 2.]

    Source: Keras 2.3 API, backend.print_tensor.
    """
    values = tensor(x)
    if not (is_inferring_shapes() or values.is_meta):
        ends = {"threshold": 0, "edgeitems": summarize} if summarize >= 0 else {"threshold": values.numel() + 1}
        with np.printoptions(**ends):  # type: ignore[arg-type]
            print(message, values.detach().cpu().float().numpy() if values.dtype is torch.bfloat16 else _array(values))
    return values.view_as(values)


def _array(values: torch.Tensor) -> Any:
    return values.detach().cpu().numpy()
