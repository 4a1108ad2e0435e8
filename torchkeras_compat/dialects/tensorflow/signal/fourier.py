"""Fourier transforms of complex and of real numbers."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axes_of, sizes, tensor


def _complex(x: Any, name: str, axes: int) -> torch.Tensor:
    values = tensor(x)
    if not values.is_complex():
        raise InvalidArgumentError(f"`tf.signal.{name}` takes complex numbers. Received dtype {values.dtype}.")
    return _ranked(values, name, axes)


def _real(x: Any, name: str, axes: int) -> torch.Tensor:
    values = tensor(x)
    if not values.is_floating_point():
        raise InvalidArgumentError(f"`tf.signal.{name}` takes floating point numbers. Received dtype {values.dtype}.")
    return _ranked(values, name, axes)


def _ranked(x: torch.Tensor, name: str, axes: int) -> torch.Tensor:
    if x.ndim < axes:
        raise InvalidArgumentError(f"`tf.signal.{name}` needs {axes} axes. Received shape {tuple(x.shape)}.")
    return x


@tensor_function
def fft(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the discrete Fourier transform over the last axis.

    Raises:
        InvalidArgumentError: the numbers are not complex.
    """
    found: torch.Tensor = torch.fft.fft(_complex(input, "fft", 1))
    return found


@tensor_function
def ifft(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse of :func:`fft`."""
    found: torch.Tensor = torch.fft.ifft(_complex(input, "ifft", 1))
    return found


@tensor_function
def fft2d(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the discrete Fourier transform over the last two axes."""
    found: torch.Tensor = torch.fft.fft2(_complex(input, "fft2d", 2))
    return found


@tensor_function
def ifft2d(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse of :func:`fft2d`."""
    found: torch.Tensor = torch.fft.ifft2(_complex(input, "ifft2d", 2))
    return found


@tensor_function
def fft3d(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the discrete Fourier transform over the last three axes."""
    found: torch.Tensor = torch.fft.fftn(_complex(input, "fft3d", 3), dim=(-3, -2, -1))
    return found


@tensor_function
def ifft3d(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse of :func:`fft3d`."""
    found: torch.Tensor = torch.fft.ifftn(_complex(input, "ifft3d", 3), dim=(-3, -2, -1))
    return found


@tensor_function
def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the transform of real numbers over the last axis: the ``fft_length // 2 + 1`` terms that determine it.

    Args:
        input_tensor: Floating point numbers.
        fft_length: Length to cut or fill the axis to; None for its own.
        name: Not used.

    Raises:
        InvalidArgumentError: the numbers are not floating point.
    """
    return _forward(input_tensor, fft_length, 1, "rfft")


@tensor_function
def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the transform of real numbers over the last two axes; see :func:`rfft`."""
    return _forward(input_tensor, fft_length, 2, "rfft2d")


@tensor_function
def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the transform of real numbers over the last three axes; see :func:`rfft`."""
    return _forward(input_tensor, fft_length, 3, "rfft3d")


def _forward(x: Any, fft_length: Any, axes: int, name: str) -> torch.Tensor:
    values = _real(x, name, axes)
    lengths = None if fft_length is None else sizes(fft_length, "fft_length")
    found: torch.Tensor = torch.fft.rfftn(values, s=lengths, dim=tuple(range(-axes, 0)))
    return found


@tensor_function
def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the real numbers of which :func:`rfft` gave the transform; ``fft_length`` is even by default."""
    return _backward(input_tensor, fft_length, 1, "irfft")


@tensor_function
def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the inverse of :func:`rfft2d`."""
    return _backward(input_tensor, fft_length, 2, "irfft2d")


@tensor_function
def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the inverse of :func:`rfft3d`."""
    return _backward(input_tensor, fft_length, 3, "irfft3d")


def _backward(x: Any, fft_length: Any, axes: int, name: str) -> torch.Tensor:
    values = _complex(x, name, axes)
    lengths = None if fft_length is None else sizes(fft_length, "fft_length")
    found: torch.Tensor = torch.fft.irfftn(values, s=lengths, dim=tuple(range(-axes, 0)))
    return found


@tensor_function
def fftshift(x: Any, axes: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the axes rolled so that frequency 0 stands in their middle."""
    values = tensor(x)
    found: torch.Tensor = torch.fft.fftshift(values, axes_of(axes, values.ndim, "axes"))
    return found


@tensor_function
def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the inverse of :func:`fftshift`."""
    values = tensor(x)
    found: torch.Tensor = torch.fft.ifftshift(values, axes_of(axes, values.ndim, "axes"))
    return found
