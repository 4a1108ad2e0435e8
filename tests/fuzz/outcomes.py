"""What a call came to, on either side, and how two outcomes differ."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

TOLERANCES = {
    "float16": 2e-2,
    "bfloat16": 1e-1,
    "float32": 2e-4,
    "complex64": 2e-4,
    "float64": 1e-6,
    "complex128": 1e-6,
}


class Failure:
    """An error, as the outcome of a call."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __repr__(self) -> str:
        return f"{type(self.error).__name__}: {str(self.error).splitlines()[0] if str(self.error) else ''}"[:200]


def outcome(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call a function with copies of its arguments; return its result or a `Failure`."""
    args, kwargs = copy.deepcopy((args, kwargs))
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plain(function(*args, **kwargs))
        except Exception as error:
            return Failure(error)


def plain(value: Any) -> Any:
    """Lists for sequences, tensors for variables."""
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    return value


def coarsest(arguments: Any) -> float:
    """The tolerance that the narrowest floating dtype among arguments asks for."""
    if isinstance(arguments, dict):
        arguments = list(arguments.values())
    if isinstance(arguments, (list, tuple)):
        return max(map(coarsest, arguments), default=0.0)
    name = arguments if isinstance(arguments, str) else str(getattr(arguments, "dtype", "")).removeprefix("torch.")
    return TOLERANCES.get(name, 0.0)


def difference(theirs: Any, ours: Any, values: bool = True, least: float = 0.0) -> tuple[str, str] | None:
    """The kind of a difference and its text, or None.

    The kinds are ``refused``, ``accepted``, ``structure``, ``shape``, ``dtype`` and ``value``.

    Args:
        theirs: Outcome in Keras.
        ours: Outcome here.
        values: Whether to compare values, too.
        least: Least tolerance; that of the dtype of the outcome may be wider.
    """
    if isinstance(theirs, Failure) or isinstance(ours, Failure):
        if isinstance(theirs, Failure) and isinstance(ours, Failure):
            return None
        kind = "refused" if isinstance(ours, Failure) else "accepted"
        return kind, f"keras {shown(theirs)}, here {shown(ours)}"
    if isinstance(theirs, (list, dict)) or isinstance(ours, (list, dict)):
        return _difference_of_trees(theirs, ours, values, least)
    if isinstance(theirs, (torch.Tensor, np.ndarray)) and isinstance(ours, (torch.Tensor, np.ndarray)):
        return _difference_of_arrays(theirs, ours, values, least)
    if type(theirs).__name__ != type(ours).__name__:
        return "structure", f"keras {shown(theirs)}, here {shown(ours)}"
    if isinstance(theirs, (bool, int, float, str)) and theirs != ours:
        return "value", f"keras {theirs!r}, here {ours!r}"
    return None


def _difference_of_trees(theirs: Any, ours: Any, values: bool, least: float) -> tuple[str, str] | None:
    if type(theirs) is not type(ours) or len(theirs) != len(ours):
        return "structure", f"keras {shown(theirs)}, here {shown(ours)}"
    if isinstance(theirs, dict) and set(theirs) != set(ours):
        return "structure", f"keras {list(theirs)}, here {list(ours)}"
    for key in theirs if isinstance(theirs, dict) else range(len(theirs)):
        found = difference(theirs[key], ours[key], values, least)
        if found:
            return found[0], f"[{key}] {found[1]}"
    return None


def _difference_of_arrays(theirs: Any, ours: Any, values: bool, least: float) -> tuple[str, str] | None:
    if tuple(theirs.shape) != tuple(ours.shape):
        return "shape", f"keras {tuple(theirs.shape)}, here {tuple(ours.shape)}"
    a, b = str(theirs.dtype).removeprefix("torch."), str(ours.dtype).removeprefix("torch.")
    if a != b:
        return "dtype", f"keras {a}, here {b}"
    if not values:
        return None
    x, y = _wide(theirs), _wide(ours)
    tolerance = max(TOLERANCES.get(a, 0.0), least if a in TOLERANCES else 0.0)
    with np.errstate(all="ignore"):
        finite = np.abs(x[np.isfinite(x)]) if x.dtype.kind in "fc" else np.zeros(0)
        near = np.isclose(x, y, rtol=tolerance, atol=tolerance * max(1.0, finite.max(initial=0) * 0.1), equal_nan=True)
    if near.all():
        return None
    index = np.argwhere(~near)[0].tolist()
    return "value", f"at {index} keras {x[tuple(index)]}, here {y[tuple(index)]} ({a})"


def _wide(array: Any) -> np.ndarray:
    if isinstance(array, torch.Tensor):
        array = array.cpu()
        array = (array.double() if array.is_floating_point() else array).numpy()
    return array.astype("float64") if array.dtype.kind == "f" else array


def shown(value: Any) -> str:
    """A short text of an outcome or argument, which says shape and dtype."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        name = "torch" if isinstance(value, torch.Tensor) else "numpy"
        values = (
            value.float().tolist() if isinstance(value, torch.Tensor) and not value.is_complex() else value.tolist()
        )
        return f"{name}({str(value.dtype).removeprefix('torch.')}, {tuple(value.shape)}, {str(values)[:120]})"
    if isinstance(value, (list, tuple)):
        text = ", ".join(shown(v) for v in value)
        return f"[{text}]" if isinstance(value, list) else f"({text})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}={shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, np.generic):
        return f"np.{value.dtype}({value})"
    return repr(value)
