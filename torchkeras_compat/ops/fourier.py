"""Discrete Fourier transforms, complex numbers given and returned as pairs of real tensors."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import is_float_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import HALVES, as_float
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation

Pair = tuple[torch.Tensor, torch.Tensor]


def check_pair(x: Any, rank: int) -> None:
    """Raise a ValueError unless ``x`` holds two tensors of one shape with at least ``rank`` axes."""
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(
            f"Input `x` should be a tuple of two tensors, the real and the imaginary part. Received: {type(x).__name__}"
        )
    real, imag = (tuple(part.shape) if hasattr(part, "shape") else tuple(convert_to_tensor(part).shape) for part in x)
    if real != imag:
        raise ValueError(f"Both the real and imaginary parts should have the same shape. Received: {real} and {imag}")
    if len(real) < rank:
        raise ValueError(f"Input should have rank >= {rank}. Received: {real}")


def as_complex(x: Any, rank: int) -> torch.Tensor:
    """Return a pair of real and imaginary parts as one complex tensor, half precision widened to float32.

    Raises:
        ValueError: ``x`` is not a pair of floating point tensors of one shape with at least ``rank`` axes.
    """
    check_pair(x, rank)
    real, imag = (convert_to_tensor(part) for part in x)
    if not (is_float_dtype(real.dtype) and is_float_dtype(imag.dtype)):
        raise ValueError(
            f"Both parts of `x` should be floating point tensors. Received: {real.dtype} and {imag.dtype}. Cast them"
            " first."
        )
    return torch.complex(*(part.float() if part.dtype in HALVES else part for part in (real, imag)))


def as_parts(x: torch.Tensor) -> Pair:
    """Return the real and the imaginary part."""
    return x.real, x.imag


def _spec_of_pair(axes: int) -> Any:
    def spec(x: Any) -> tuple[KerasTensor, KerasTensor]:
        check_pair(x, axes)
        if None in x[0].shape[-axes:]:
            what = "last dimension" if axes == 1 else "last two axes"
            raise ValueError(
                f"Input should have its {what} fully-defined. Received: {tuple(x[0].shape)}. Give the sizes to `Input`."
            )
        return KerasTensor(x[0].shape, x[0].dtype), KerasTensor(x[0].shape, x[0].dtype)

    return spec


@operation(output_spec=_spec_of_pair(1))
def fft(x: tuple[Any, Any]) -> Pair:
    """Return the Fourier transform along the last axis.

    Args:
        x: Real and imaginary part, of one shape.

    Returns:
        Real and imaginary part.

    Raises:
        ValueError: ``x`` is not a pair of floating point tensors of one shape with an axis.

    Example:
        >>> fft((torch.tensor([1.0, 0.0]), torch.tensor([0.0, 0.0])))[0]
        tensor([1., 1.])
    """
    return as_parts(torch.fft.fft(as_complex(x, 1)))


@operation(output_spec=_spec_of_pair(2))
def fft2(x: tuple[Any, Any]) -> Pair:
    """Return the Fourier transform along the last two axes; arguments as in :func:`fft`.

    Raises:
        ValueError: ``x`` is not a pair of floating point tensors of one shape with two axes.

    Example:
        >>> fft2((torch.ones(2, 2), torch.zeros(2, 2)))[0]
        tensor([[4., 0.],
                [0., 0.]])
    """
    return as_parts(torch.fft.fft2(as_complex(x, 2)))


@operation(output_spec=_spec_of_pair(2))
def ifft2(x: tuple[Any, Any]) -> Pair:
    """Return the inverse of :func:`fft2`.

    Raises:
        ValueError: ``x`` is not a pair of floating point tensors of one shape with two axes.

    Example:
        >>> ifft2((torch.ones(2, 2), torch.zeros(2, 2)))[0]
        tensor([[1., 0.],
                [0., 0.]])
    """
    return as_parts(torch.fft.ifft2(as_complex(x, 2)))


@operation
def rfft(x: Any, fft_length: int | None = None) -> Pair:
    """Return the first half of the Fourier transform of real numbers along the last axis.

    Args:
        x: Real tensor.
        fft_length: Length of the transform; ``x`` is cut or padded with zeros to it. None for the size of the axis.

    Returns:
        Real and imaginary part, ``(..., fft_length // 2 + 1)``.

    Raises:
        ValueError: ``x`` has no axis.

    Example:
        >>> rfft([1.0, 0.0])[0]
        tensor([1., 1.])
    """
    x = as_float(x)
    if x.ndim < 1:
        raise ValueError(f"Input should have rank >= 1. Received: {tuple(x.shape)}")
    return as_parts(torch.fft.rfft(x.float() if x.dtype in HALVES else x, n=fft_length))


@operation
def irfft(x: tuple[Any, Any], fft_length: int | None = None) -> torch.Tensor:
    """Return the real numbers of which ``x`` is the :func:`rfft`.

    Args:
        x: Real and imaginary part, of one shape.
        fft_length: Size of the last axis of the result; None for ``2 * (size - 1)``.

    Raises:
        ValueError: ``x`` is not a pair of floating point tensors of one shape with an axis.

    Example:
        >>> irfft((torch.tensor([1.0, 1.0]), torch.tensor([0.0, 0.0])))
        tensor([1., 0.])
    """
    return torch.fft.irfft(as_complex(x, 1), n=fft_length)
