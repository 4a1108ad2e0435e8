"""Arguments of convolutions, checked and completed."""

from __future__ import annotations

import operator
from typing import Any

from torchkeras_compat import config


def normalize_tuple(value: Any, n: int, name: str, allow_zero: bool = False) -> tuple[int, ...]:
    """Return an int as a tuple of ``n`` of them, and a tuple or list of ``n`` ints as a tuple.

    Args:
        value: What the user gave.
        n: Length of the tuple.
        name: Of the argument, for messages.
        allow_zero: Whether an int may be 0.

    Raises:
        ValueError: it is neither, or an int is below 1, or 0.

    Example:
        >>> normalize_tuple(3, 2, "kernel_size"), normalize_tuple([1, 2], 2, "strides")
        ((3, 3), (1, 2))

    Source: Keras 2.15 API, utils/conv_utils.
    """
    error = f"The `{name}` argument must be a tuple of {n} integers. Received: {value!r}"
    if hasattr(value, "__index__"):
        found = (operator.index(value),) * n
    else:
        try:
            found = tuple(operator.index(item) for item in value)
        except TypeError:
            raise ValueError(error) from None
        if len(found) != n:
            raise ValueError(error)
    least = 0 if allow_zero else 1
    if min(found, default=least) < least:
        raise ValueError(f"{error}, and each must be {least} or more.")
    return found


def normalize_padding(value: str) -> str:
    """Return a padding in lowercase.

    Args:
        value: ``"valid"``, ``"same"`` or ``"causal"``.

    Raises:
        ValueError: it is none of these.

    Example:
        >>> normalize_padding("SAME")
        'same'

    Source: Keras 2.15 API, utils/conv_utils.
    """
    if isinstance(value, str) and value.lower() in ("valid", "same", "causal"):
        return value.lower()
    raise ValueError(
        f'The `padding` argument must be one of "valid", "same" (or "causal" for Conv1D). Received: {value!r}'
    )


def normalize_data_format(value: str | None) -> str:
    """Return a data format in lowercase, or the global setting for None.

    Args:
        value: ``"channels_last"``, ``"channels_first"`` or None.

    Raises:
        ValueError: it is none of these.

    Example:
        >>> normalize_data_format(None)
        'channels_last'

    Source: Keras 2.15 API, utils/conv_utils.
    """
    is_known = isinstance(value, str) and value.lower() in ("channels_last", "channels_first")
    return config.standardize_data_format(str(value).lower() if is_known else value)


def convert_data_format(data_format: str, ndim: int) -> str:
    """Return a data format by TensorFlow's name.

    Args:
        data_format: ``"channels_last"`` or ``"channels_first"``.
        ndim: Axes of the data, 3 to 5.

    Raises:
        ValueError: another data format or number of axes.

    Example:
        >>> convert_data_format("channels_first", 4)
        'NCHW'

    Source: Keras 2.15 API, utils/conv_utils.
    """
    if ndim not in (3, 4, 5):
        raise ValueError(f"Input rank not supported: {ndim}. Expected values are [3, 4, 5].")
    spatial = "DHW"[5 - ndim :]
    return f"NC{spatial}" if normalize_data_format(data_format) == "channels_first" else f"N{spatial}C"
