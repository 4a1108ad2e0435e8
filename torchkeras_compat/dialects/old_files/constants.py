"""Constants among the arguments of recorded functions, which files hold as numbers and lists without a dtype."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.dtypes.names import is_float_dtype, to_torch_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

# Lists of fewer numbers may be settings, such as factors and ranges, which functions take as lists.
_LEAST = 8


def with_dtypes(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return arguments of a call with constants in the dtypes that they had: those of the tensors that they meet.

    Lists of floats become tensors; a number on the left of an operator takes the dtype of what is on the right.

    Args:
        function: The function, whose signature tells operators.
        args: Arguments, among them KerasTensors.
        kwargs: The same, by name.

    Example:
        >>> def add(x, y): ...
        >>> with_dtypes(add, (1.0,), {"y": KerasTensor((None, 3), "float16")})[0]
        (tensor(1., dtype=torch.float16),)
    """
    dtypes = {x.dtype for x in pytree.tree_leaves((args, kwargs)) if isinstance(x, KerasTensor)}
    floats = {dtype for dtype in dtypes if is_float_dtype(dtype)}
    dtype = to_torch_dtype(next(iter(floats)) if len(floats) == 1 else "float32")

    def typed(x: Any) -> Any:
        if isinstance(x, list):
            return torch.tensor(x, dtype=dtype) if _is_array(x) else [typed(part) for part in x]
        return x

    args, kwargs = tuple(typed(x) for x in args), {k: typed(x) for k, x in kwargs.items()}
    if list(inspect.signature(function).parameters)[:2] != ["x", "y"]:
        return args, kwargs
    both = dict(zip(("x", "y"), args)) | {k: kwargs[k] for k in ("x", "y") if k in kwargs}
    for name, other in (("x", both.get("y")), ("y", both.get("x"))):
        if name in both and isinstance(other, KerasTensor):
            both[name] = _operand(both[name], to_torch_dtype(other.dtype), is_left=name == "x")
    return tuple(both[name] for name in ("x", "y")[: len(args)]) + args[2:], {**kwargs, **_of(both, kwargs)}


def tensor_config(x: Any) -> Any:
    """Return the config of a tensor of the numbers that a layer is called on in an old file.

    Args:
        x: Number, or nested lists of numbers; anything else stays.

    Example:
        >>> tensor_config([1.0, 2.0])
        {'class_name': '__tensor__', 'config': {'value': [1.0, 2.0], 'dtype': 'float32'}}
    """
    kinds = {type(leaf) for leaf in pytree.tree_leaves(x)}
    if not kinds or not kinds <= {bool, int, float} or not _is_even(x):
        return x
    dtype = "float32" if float in kinds else "int32" if int in kinds else "bool"
    return {"class_name": "__tensor__", "config": {"value": x, "dtype": dtype}}


def _of(both: dict[str, Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    return {k: x for k, x in both.items() if k in kwargs}


def _operand(x: Any, dtype: torch.dtype, is_left: bool) -> Any:
    """Return a number on the left, or a list of numbers, as a tensor of a dtype that can hold it."""
    if not (is_left and type(x) in (bool, int, float)) and not (isinstance(x, list) and x and _is_even(x)):
        return x
    kinds = {type(leaf) for leaf in pytree.tree_leaves(x)}
    can_hold = float not in kinds or dtype.is_floating_point or dtype.is_complex
    return torch.tensor(x, dtype=dtype) if kinds <= {bool, int, float} and can_hold else x


def _is_array(x: list[Any]) -> bool:
    leaves = pytree.tree_leaves(x)
    is_long = len(leaves) >= _LEAST or any(isinstance(part, list) for part in x)
    return is_long and all(type(leaf) is float for leaf in leaves) and _is_even(x)


def _is_even(x: Any) -> bool:
    """Whether nested lists have one shape."""
    if not isinstance(x, list):
        return True
    kinds = {(type(part) is list, len(part) if isinstance(part, list) else 0) for part in x}
    return len(kinds) == 1 and all(map(_is_even, x))
