"""Window functions of signal processing: weights that fall off at both ends."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import TORCH_DTYPES


def _window(function: Any, x: Any, **kwargs: Any) -> torch.Tensor:
    # The number of points is a shape, so a tensor that holds it has to be read here.
    return function(int(x), periodic=False, dtype=TORCH_DTYPES[config.floatx()], device=current_device(), **kwargs)


def bartlett(x: Any) -> torch.Tensor:
    """Bartlett window of ``x`` points: a triangle, zero at both ends.

    Raises:
        ValueError: ``x`` is a KerasTensor, so that the length is not known.

    Example:
        >>> bartlett(5)
        tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _window(torch.bartlett_window, x)


def blackman(x: Any) -> torch.Tensor:
    """Blackman window of ``x`` points: ``0.42 - 0.5 cos(t) + 0.08 cos(2 t)``, ``t`` from 0 to 2 pi.

    Raises:
        ValueError: ``x`` is a KerasTensor, so that the length is not known.

    Example:
        >>> blackman(5)[2]
        tensor(1.)
    """
    return _window(torch.blackman_window, x)


def hamming(x: Any) -> torch.Tensor:
    """Hamming window of ``x`` points: ``0.54 - 0.46 cos(t)``, ``t`` from 0 to 2 pi.

    Raises:
        ValueError: ``x`` is a KerasTensor, so that the length is not known.

    Example:
        >>> hamming(3)
        tensor([0.0800, 1.0000, 0.0800])
    """
    return _window(torch.hamming_window, x)


def hanning(x: Any) -> torch.Tensor:
    """Hann window of ``x`` points: ``0.5 - 0.5 cos(t)``, ``t`` from 0 to 2 pi.

    Raises:
        ValueError: ``x`` is a KerasTensor, so that the length is not known.

    Example:
        >>> hanning(3)
        tensor([0., 1., 0.])
    """
    return _window(torch.hann_window, x)


def kaiser(x: Any, beta: Any) -> torch.Tensor:
    """Kaiser window of ``x`` points, the narrower the greater ``beta`` is.

    Args:
        x: Number of points.
        beta: Shape parameter, not negative; 0 gives a rectangle.

    Raises:
        ValueError: ``x`` is a KerasTensor, so that the length is not known.

    Example:
        >>> kaiser(3, 0.0)
        tensor([1., 1., 1.])
    """
    return _window(torch.kaiser_window, x, beta=float(beta))
