"""The layout of images by the names of Keras 1 and 2."""

from __future__ import annotations

from typing import Any

from torchkeras_compat import config

_KERAS_1 = {"th": "channels_first", "tf": "channels_last", "default": None}


def layout(data_format: str | None = None, dim_ordering: str | None = None) -> str:
    """Return ``"channels_last"`` or ``"channels_first"``, or the global setting.

    Args:
        data_format: One of these, None, or one of the names of Keras 1: ``"tf"``, ``"th"`` or ``"default"``.
        dim_ordering: The argument of Keras 1, which comes first if it is given.

    Raises:
        ValueError: it is none of these.

    Example:
        >>> layout("th"), layout(dim_ordering="tf")
        ('channels_first', 'channels_last')
    """
    given: Any = data_format if dim_ordering is None else dim_ordering
    return config.standardize_data_format(_KERAS_1.get(given, given))
