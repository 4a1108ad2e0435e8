"""The `window` argument of the layers of audio: a name, or the values themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def checked_window(window: Any, length: int, argument: str) -> Any:
    """Return None or the name of a window as it is, and a vector as a list.

    Args:
        window: None, a name, or a vector of numbers; also such an array as Keras writes it into a config.
        length: Length that a vector must have.
        argument: The argument that says so, for messages.

    Raises:
        ValueError: the vector has another length, or holds no numbers.

    Example:
        >>> checked_window("hann", 2, "frame_length"), checked_window(np.ones(2), 2, "frame_length")
        ('hann', [1.0, 1.0])
    """
    if window is None or isinstance(window, str):
        return window
    if isinstance(window, dict) and window.get("class_name") == "__numpy__":
        window = window.get("config", {}).get("value")
    values = window.detach().cpu().numpy() if isinstance(window, torch.Tensor) else np.asarray(window)
    if values.shape != (length,) or values.dtype.kind not in "biuf":
        raise ValueError(
            f"The shape of `window` must be equal to [{argument}], here [{length}], and its values numbers. "
            f"Received: shape={values.shape}, dtype={values.dtype}"
        )
    return values.tolist()
