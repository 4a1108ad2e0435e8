"""Checks of values against others: `tf.debugging.assert_equal`, ..."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.creation import convert_to_tensor
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

Function = Callable[..., Any]


def array_of(x: Any) -> np.ndarray | None:
    """Return the values as an array; None of a KerasTensor, which has none yet."""
    if isinstance(x, KerasTensor):
        return None
    return np.asarray(x.numpy() if hasattr(x, "numpy") else convert_to_tensor(x).numpy())


def refuse(what: str, message: str | None, **values: Any) -> None:
    """Raise the error of a check that failed.

    Raises:
        InvalidArgumentError: always.
    """
    shown = ", ".join(f"{name} of shape {np.shape(v)}: {str(np.asarray(v)).strip():.200}" for name, v in values.items())
    raise InvalidArgumentError(f"{message + ': ' if message else ''}{what} {shown}")


def _check(x: Any, y: Any, holds: Function, words: str, message: str | None) -> None:
    a, b = array_of(x), array_of(y)
    if a is None or b is None:
        return
    try:
        true = bool(np.all(holds(a, b)))
    except ValueError:
        true = False  # of shapes that do not broadcast
    if not true:
        refuse(f"Condition x {words} y did not hold.", message, x=a, y=b)


def _comparison(name: str, holds: Function, words: str) -> Function:
    def check(x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: Any = None) -> None:
        _check(x, y, holds, words, message)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"""Raise unless ``x {words} y`` for every pair of values.

    Args:
        x: Tensor.
        y: Tensor that broadcasts with it.
        message: Put before what the error says.
        summarize: Kept for TensorFlow's signature.
        name: Kept for TensorFlow's signature.

    Raises:
        InvalidArgumentError: a pair does not.
    """
    return check


assert_equal = _comparison("assert_equal", operator.eq, "==")
assert_none_equal = _comparison("assert_none_equal", operator.ne, "!=")
assert_less = _comparison("assert_less", operator.lt, "<")
assert_less_equal = _comparison("assert_less_equal", operator.le, "<=")
assert_greater = _comparison("assert_greater", operator.gt, ">")
assert_greater_equal = _comparison("assert_greater_equal", operator.ge, ">=")


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Raise unless ``|x - y| <= atol + rtol * |y|`` for every pair of values.

    Args:
        x: Tensor of floats.
        y: Tensor that broadcasts with it.
        rtol: Relative tolerance; None for ten times the precision of the dtype.
        atol: Absolute tolerance; None for the same.
        message: Put before what the error says.
        summarize: Kept for TensorFlow's signature.
        name: Kept for TensorFlow's signature.

    Raises:
        InvalidArgumentError: a pair lies farther apart.
    """
    a, b = array_of(x), array_of(y)
    if a is None or b is None:
        return
    fine = 10 * float(np.finfo(a.dtype).eps) if a.dtype.kind == "f" else 0.0
    relative, absolute = (fine if t is None else float(t) for t in (rtol, atol))
    if not np.all(np.abs(a - b) <= absolute + relative * np.abs(b)):
        refuse("x and y not equal to tolerance.", message, x=a, y=b)


def _sign(name: str, holds: Function, words: str) -> Function:
    def check(x: Any, message: str | None = None, summarize: int | None = None, name: Any = None) -> None:
        a = array_of(x)
        if a is not None and not np.all(holds(a, 0)):
            refuse(f"Condition x {words} 0 did not hold.", message, x=a)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"""Raise unless every value is ``{words} 0``.

    Args:
        x: Tensor.
        message: Put before what the error says.
        summarize: Kept for TensorFlow's signature.
        name: Kept for TensorFlow's signature.

    Raises:
        InvalidArgumentError: one is not.
    """
    return check


assert_positive = _sign("assert_positive", operator.gt, ">")
assert_negative = _sign("assert_negative", operator.lt, "<")
assert_non_negative = _sign("assert_non_negative", operator.ge, ">=")
assert_non_positive = _sign("assert_non_positive", operator.le, "<=")


def assert_all_finite(x: Any, message: str, name: str | None = None) -> Any:
    """Return the tensor if no value is NaN or infinite.

    Raises:
        InvalidArgumentError: one is.
    """
    if isinstance(x, KerasTensor):
        return checked(x, message)
    a = array_of(x)
    if a is not None and not np.all(np.isfinite(a)):
        kind = "NaN" if np.isnan(a).any() else "Inf"
        raise InvalidArgumentError(f"{message} : Tensor had {kind} values")
    return convert_to_tensor(x)


@tensor_function
def checked(x: Any, message: str) -> Any:
    """Return the tensor of a step of a model, if no value is NaN or infinite.

    Raises:
        InvalidArgumentError: one is, when the model runs.
    """
    if x.device.type != "meta" and not bool(torch.isfinite(x).all()):
        kind = "NaN" if bool(torch.isnan(x).any()) else "Inf"
        raise InvalidArgumentError(f"{message} : Tensor had {kind} values")
    return x.clone()


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    """Return the tensor if no value is NaN or infinite; see :func:`assert_all_finite`."""
    return assert_all_finite(tensor, message)


def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> None:
    """Raise unless a condition is true.

    Args:
        condition: Truth value.
        data: Values that the error shows.
        summarize: Kept for TensorFlow's signature.
        name: Kept for TensorFlow's signature.

    Raises:
        InvalidArgumentError: it is false.
    """
    a = array_of(condition)
    if a is not None and not bool(a):
        raise InvalidArgumentError(f"Expected '{condition}' to be true. Summarized data: {data!s:.300}")
