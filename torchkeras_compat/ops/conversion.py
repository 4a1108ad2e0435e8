"""Between tensors and everything else: NumPy arrays, numbers, lists, variables."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import COMPUTED_DTYPES, standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.object_arrays import as_numbers, first_other
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import record_function
from torchkeras_compat.unfilled_values import OPEN, before_use
from torchkeras_compat.variable_base import VariableBase


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Any:
    """Return ``x`` as a torch tensor, itself where it is one already.

    Args:
        x: Tensor, Variable, NumPy array, number, or nested lists of these; an array of objects where these are numbers.
        dtype: Dtype of the result. None keeps that of tensors, variables and arrays; Python numbers become int32, bool
            or :func:`~torchkeras_compat.config.floatx`, and int64 where int32 cannot hold them.
        sparse: Only None or False.
        ragged: Only None or False.

    Raises:
        ValueError: ``sparse`` or ``ragged`` is set, ``x`` cannot become a tensor, or the dtype cannot hold the numbers
            of a list. (Arrays and tensors are cast, as by NumPy and torch.)
        RuntimeError: the dtype cannot hold a single number.

    Example:
        >>> convert_to_tensor([1.0, 2.0])
        tensor([1., 2.])
    """
    if type(x) is torch.Tensor and dtype is None:
        return x
    if sparse or ragged:
        raise ValueError("Sparse and ragged tensors are not supported. Use a dense tensor, with a mask where needed.")
    if isinstance(x, KerasTensor):
        return x if dtype is None or standardize_dtype(dtype) == x.dtype else cast(x, dtype)
    if isinstance(x, VariableBase):
        x = x.value
    if isinstance(x, torch.Tensor):
        return x if dtype is None else x.to(to_torch_dtype(dtype))
    if dtype is not None:
        dtype = to_torch_dtype(dtype)
    device = current_device()
    if isinstance(x, bool):
        return torch.tensor(x, dtype=dtype or torch.bool, device=device)
    if isinstance(x, int):
        # A number that int32 cannot hold stays itself.
        return torch.tensor(x, dtype=dtype or (torch.int32 if -(2**31) <= x < 2**31 else torch.int64), device=device)
    if isinstance(x, float):
        return torch.tensor(x, dtype=dtype or to_torch_dtype(config.floatx()), device=device)
    if isinstance(x, (list, tuple)) and any(isinstance(leaf, (torch.Tensor, VariableBase)) for leaf in _leaves(x)):
        return torch.stack([convert_to_tensor(part, dtype) for part in x])
    if torch.compiler.is_compiling() and isinstance(x, (list, tuple)):
        return torch.tensor(x, dtype=dtype or _dtype_of_numbers(x), device=device)
    array = x if isinstance(x, np.ndarray) else _to_array(x)
    if not hasattr(x, "dtype"):
        array, dtype = _listed_numbers(array, dtype)
    if array.dtype.kind in "OSU":
        array, dtype = _listed_numbers(_numbers_of(array, type(x).__name__), dtype)
    if array.dtype.byteorder == ">" or min(array.strides, default=0) < 0:
        array = array.astype(array.dtype.newbyteorder("="), copy=True)
    elif not array.flags.writeable:
        array = array.copy()  # torch would share, and warn about, memory that must not be written
    kind = array.dtype.kind
    if kind == "V" and array.dtype.name == "bfloat16":
        return torch.tensor(array.astype("float32"), dtype=dtype or torch.bfloat16, device=device)
    if kind == "u" and dtype is None and array.dtype.itemsize in (2, 4):
        dtype = COMPUTED_DTYPES[array.dtype.name]
    return torch.as_tensor(array, dtype=dtype).to(device)


def _listed_numbers(array: np.ndarray, dtype: torch.dtype | None) -> tuple[np.ndarray, torch.dtype | None]:
    """Return the array of a list of numbers, and the dtype that its tensor gets.

    Raises:
        ValueError: the dtype cannot hold them: a conversion would make other numbers of them.
    """
    kind = array.dtype.kind
    if dtype is None and kind in "bf":
        return array, torch.bool if kind == "b" else to_torch_dtype(config.floatx())
    if kind == "O" and array.size and all(isinstance(number, int) for number in array.reshape(-1).tolist()):
        kind = "u"  # integers that NumPy has no dtype for
    if kind not in "iuf" or not array.size:
        return array, torch.int32 if dtype is None and kind == "i" else dtype
    least, greatest = array.min(), array.max()
    if dtype is None:
        dtype = torch.int32 if _holds(torch.int32, least, greatest) else torch.int64
    if not _holds(dtype, least, greatest):
        limits = torch.iinfo(dtype)
        raise ValueError(
            f"{dtype} holds numbers from {limits.min} to {limits.max}. Received a list with numbers from {least} to "
            f"{greatest}. Use another dtype: an integer one with more bits, or a float one."
        )
    return array.astype(np.float64) if kind == "u" and dtype.is_floating_point else array, dtype


def _holds(dtype: torch.dtype, least: Any, greatest: Any) -> bool:
    if dtype.is_floating_point or dtype.is_complex or dtype is torch.bool:
        return True
    limits = torch.iinfo(dtype)
    return bool(limits.min <= least and greatest <= limits.max)


def _leaves(x: Any) -> Any:
    for part in x:
        if isinstance(part, (list, tuple)):
            yield from _leaves(part)
        else:
            yield part


def _dtype_of_numbers(x: Any) -> torch.dtype:
    """Return the dtype that nested lists of numbers get: NumPy, which says it otherwise, cannot be traced."""
    leaves = list(_leaves(x))
    kinds = set(map(type, leaves))
    if kinds == {bool} or float in kinds:
        return to_torch_dtype(config.floatx()) if float in kinds else torch.bool
    return torch.int32 if all(-(2**31) <= leaf < 2**31 for leaf in leaves) else torch.int64


def _to_array(x: Any) -> np.ndarray:
    try:
        return np.asarray(x)
    except ValueError as error:
        raise ValueError(
            f"Cannot convert a {type(x).__name__} to a tensor: {error}. Nested lists must have equal lengths."
        ) from error


def _numbers_of(array: np.ndarray, name: str) -> np.ndarray:
    found = as_numbers(array) if array.dtype.kind == "O" else None
    if found is not None:
        return found
    held = f", which holds {first_other(array)}," if array.dtype.kind == "O" else ""
    raise ValueError(
        f"Cannot convert {name} with NumPy dtype {array.dtype}{held} to a tensor. Encode strings and objects as numbers"
        " first."
    )


def convert_to_numpy(x: Any) -> np.ndarray:
    """Return ``x`` as a NumPy array; waits for the device that holds it.

    bfloat16 tensors become float32 arrays, since NumPy has no bfloat16.

    Example:
        >>> convert_to_numpy(torch.ones(2))
        array([1., 1.], dtype=float32)
    """
    if not isinstance(x, torch.Tensor):
        if isinstance(x, VariableBase):
            x = x.value
        elif isinstance(x, (list, tuple)) and any(isinstance(leaf, torch.Tensor) for leaf in _leaves(x)):
            return np.array([convert_to_numpy(part) for part in x])
        else:
            return np.array(x)
    if OPEN:  # no operation of torch says that an array is made
        before_use(x)
    x = x.detach().cpu()
    if x.dtype == torch.bfloat16 or (x.dtype.itemsize == 1 and x.dtype.is_floating_point):
        x = x.float()
    return x.resolve_conj().resolve_neg().numpy()


def is_tensor(x: Any) -> bool:
    """Return whether ``x`` is a torch tensor."""
    return isinstance(x, torch.Tensor)


def shape(x: Any) -> tuple[int | None, ...]:
    """Return the shape of a tensor, array or KerasTensor as a tuple; None where it is not known.

    Example:
        >>> shape(torch.zeros(2, 3))
        (2, 3)
    """
    return tuple(x.shape if hasattr(x, "shape") else convert_to_tensor(x).shape)


def _cast(x: Any, dtype: Any) -> torch.Tensor:
    target = to_torch_dtype(dtype)
    is_number = type(x) is int or (type(x) in (list, tuple) and not any(type(leaf) is complex for leaf in _leaves(x)))
    x = convert_to_tensor(x, target if is_number else None)  # which refuses numbers that the dtype cannot hold
    if x.is_complex() and not target.is_complex:
        x = x.real
    return x.to(target)


_cast.__name__ = "cast"


def cast(x: Any, dtype: Any) -> torch.Tensor:
    """Return ``x`` converted to ``dtype``.

    Raises:
        ValueError: the dtype is unknown.

    Example:
        >>> cast(torch.tensor([1.7]), "int32")
        tensor([1], dtype=torch.int32)
    """
    if isinstance(x, KerasTensor):
        return record_function(_cast, (x, dtype), {})
    return _cast(x, dtype)
