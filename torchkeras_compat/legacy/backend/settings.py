"""Settings by their old names."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.legacy.backend.elementwise import cast
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variable_base import VariableBase

_OLD = {"channels_last": "tf", "channels_first": "th"}


def backend() -> str:
    """Return ``"tensorflow"``.

    Code of Keras 1 and 2 compares the name to choose between the meanings of TensorFlow, Theano and CNTK: which
    functions there are, what ``K.gradients`` returns, how images lie. The functions here mean what TensorFlow's do.

    Example:
        >>> backend()
        'tensorflow'
    """
    return "tensorflow"


def image_dim_ordering() -> str:
    """Return the layout of images in the words of Keras 1: ``"tf"`` or ``"th"``.

    Example:
        >>> image_dim_ordering()
        'tf'
    """
    return _OLD[config.image_data_format()]


def set_image_dim_ordering(dim_ordering: str) -> None:
    """Set the layout of images in the words of Keras 1.

    Args:
        dim_ordering: ``"tf"`` for the channels last, ``"th"`` for the channels first.

    Raises:
        ValueError: it is neither.

    Example:
        >>> set_image_dim_ordering("tf")
    """
    names = {old: new for new, old in _OLD.items()}
    if dim_ordering not in names:
        raise ValueError(f"Unknown dim_ordering: {dim_ordering!r}. Use 'tf' or 'th'.")
    config.set_image_data_format(names[dim_ordering])


def cast_to_floatx(x: Any) -> Any:
    """Return an array, or a tensor, in floatx.

    Example:
        >>> cast_to_floatx(np.array([1, 2]))
        array([1., 2.], dtype=float32)
    """
    if isinstance(x, (torch.Tensor, VariableBase, KerasTensor)):
        return cast(x, config.floatx())
    return np.asarray(x, dtype=config.floatx())
