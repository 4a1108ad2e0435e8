"""Checks of shapes and dtypes: `tf.debugging.assert_rank`, `assert_shapes`, ..."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from torchkeras_compat.dialects.tensorflow.creation import convert_to_tensor, is_tensor
from torchkeras_compat.dialects.tensorflow.dtypes import DTYPES, DType, as_dtype


def _shape(x: Any) -> tuple[int | None, ...]:
    return tuple((x if hasattr(x, "shape") else convert_to_tensor(x)).shape)


def _dtype(x: Any) -> DType:
    return as_dtype((x if hasattr(x, "dtype") else convert_to_tensor(x)).dtype)


def _rank(x: Any, fits: Callable[[int], bool], expected: str, message: str | None) -> None:
    shape = _shape(x)
    if not fits(len(shape)):
        raise ValueError(
            f"{message + ': ' if message else ''}Tensor must have rank {expected}. Received shape {shape}."
        )


def assert_rank(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise unless a tensor has this number of axes.

    Raises:
        ValueError: it has another.
    """
    _rank(x, lambda n: n == int(rank), str(int(rank)), message)


def assert_rank_at_least(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise unless a tensor has this number of axes or more.

    Raises:
        ValueError: it has fewer.
    """
    _rank(x, lambda n: n >= int(rank), f"{int(rank)} or more", message)


def assert_rank_in(x: Any, ranks: Iterable[Any], message: str | None = None, name: str | None = None) -> None:
    """Raise unless a tensor has one of these numbers of axes.

    Raises:
        ValueError: it has another.
    """
    allowed = [int(rank) for rank in ranks]
    _rank(x, lambda n: n in allowed, f"in {allowed}", message)


def assert_scalar(tensor: Any, message: str | None = None, name: str | None = None) -> Any:
    """Return the tensor if it has no axes.

    Raises:
        ValueError: it has some.
    """
    _rank(tensor, lambda n: n == 0, "0: a scalar", message)
    return tensor


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise unless a tensor has this dtype.

    Raises:
        TypeError: it has another.
    """
    if _dtype(tensor) != as_dtype(tf_type):
        raise TypeError(f"{message or ''} Tensor must be of type {as_dtype(tf_type)!r}. Received: {_dtype(tensor)!r}")


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise unless a tensor holds integers.

    Raises:
        TypeError: it holds something else.
    """
    if not _dtype(x).is_integer:
        raise TypeError(f"{message or ''} Expected integers. Received: {_dtype(x)!r}")


def is_numeric_tensor(tensor: Any) -> bool:
    """Return whether this is a tensor of numbers: not of booleans or strings."""
    return is_tensor(tensor) and _dtype(tensor) not in (DTYPES["bool"], DTYPES["string"])


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> DType:
    """Return the floating-point dtype that all tensors have.

    Raises:
        ValueError: they differ, or it is not a floating-point dtype.
    """
    found = [_dtype(x) for x in tensors or ()] + ([] if dtype is None else [as_dtype(dtype)])
    wanted = found[0] if found else DTYPES["float32"]
    if any(d != wanted for d in found) or not wanted.is_floating:
        raise ValueError(f"Expected one floating point dtype. Received: {', '.join(repr(d) for d in found)}")
    return wanted


def assert_proper_iterable(values: Any) -> None:
    """Raise unless this is a list, tuple or the like; tensors, arrays and strings are not.

    Raises:
        TypeError: it is not.
    """
    if is_tensor(values) or isinstance(values, (str, bytes)) or hasattr(values, "dtype"):
        raise TypeError(f"Expected argument `values` to be a list or tuple. Received: {type(values).__name__}")
    if not hasattr(values, "__iter__"):
        raise TypeError(f"Expected argument `values` to be iterable. Received: {type(values).__name__}")


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> None:
    """Raise unless tensors have shapes in which equal words stand for equal sizes.

    Args:
        shapes: Pairs of a tensor and its shape: ``[(x, ("N", 2)), (y, ("N", "D"))]``; or a dict of them. A size is an
            int, None for any, or a word; the shape may begin or end with ``...`` for any axes.
        data: Kept for TensorFlow's signature.
        summarize: Kept for TensorFlow's signature.
        message: Put before what the error says.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: they do not.

    Example:
        >>> assert_shapes([([[1, 2]], ("N", "D")), ([1, 2], ("D",))])
    """
    sizes: dict[str, int] = {}
    for x, expected in shapes.items() if isinstance(shapes, dict) else shapes:
        shape = _shape(x)
        symbols = [*expected] if hasattr(expected, "__iter__") and not isinstance(expected, str) else [expected]
        if "..." in symbols or Ellipsis in symbols:
            symbols = ["..." if s is Ellipsis else s for s in symbols]
            missing = len(shape) - len(symbols) + 1
            place = symbols.index("...")
            symbols[place : place + 1] = [None] * missing
        if len(symbols) != len(shape):
            raise ValueError(f"{message or ''} Expected shape {expected}. Received: {shape}")
        for size, symbol in zip(shape, symbols, strict=True):
            if symbol is None or symbol == "." or size is None:
                continue
            wanted = symbol if isinstance(symbol, int) else sizes.setdefault(str(symbol), size)
            if size != wanted:
                raise ValueError(
                    f"{message or ''} Expected shape {expected}, with size {wanted} for {symbol!r}. Received: {shape}"
                )
