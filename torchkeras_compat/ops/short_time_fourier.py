"""Sequences cut into overlapping frames, and their Fourier transforms."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.fourier import Pair, as_complex, as_parts
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation

_WINDOWS = {"hann": torch.hann_window, "hamming": torch.hamming_window}


@operation
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> torch.Tensor:
    """Return the overlapping frames of the last axis.

    Args:
        x: ``(..., steps)``.
        sequence_length: Steps in a frame.
        sequence_stride: Steps from the start of a frame to that of the next.

    Returns:
        ``(..., frames, sequence_length)``.

    Raises:
        ValueError: ``x`` has no axis.

    Example:
        >>> extract_sequences([1, 2, 3, 4, 5], 3, 2)
        tensor([[1, 2, 3],
                [3, 4, 5]], dtype=torch.int32)
    """
    x = convert_to_tensor(x)
    if x.ndim < 1:
        raise ValueError(f"Input should have rank >= 1. Received: {tuple(x.shape)}")
    return x.unfold(-1, sequence_length, sequence_stride)


@operation
def stft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> Pair:
    """Return the Fourier transforms of overlapping, windowed frames.

    Args:
        x: ``(..., steps)``, float32 or float64.
        sequence_length: Steps in a frame, the length of the window.
        sequence_stride: Steps from the start of a frame to that of the next.
        fft_length: Length of the transform, at least ``sequence_length``; the window lies in its middle.
        window: ``"hann"``, ``"hamming"``, a vector of length ``sequence_length``, or None for no window.
        center: Whether ``x`` is first mirrored at both ends, so that frames are centred on their time.

    Returns:
        Real and imaginary part, ``(..., frames, fft_length // 2 + 1)``.

    Raises:
        TypeError: ``x`` is of another dtype.
        ValueError: a length or the window is not as above.

    Example:
        >>> stft(torch.ones(2, 32), 8, 4, 8)[0].shape
        torch.Size([2, 9, 5])

    Source: ``torch.stft``.
    """
    x = convert_to_tensor(x)
    if x.dtype not in (torch.float32, torch.float64):
        raise TypeError(f"Invalid input type. Expected `float32` or `float64`. Received: {x.dtype}. Cast it first.")
    _check_lengths(sequence_length, sequence_stride, fft_length)
    frames = torch.stft(
        x.reshape(-1, x.shape[-1]) if x.ndim > 1 else x,
        fft_length,
        hop_length=sequence_stride,
        win_length=fft_length,
        window=_padded_window(window, sequence_length, fft_length, x),
        center=center,
        return_complex=True,
    ).mT
    return as_parts(frames.reshape(*x.shape[:-1], *frames.shape[-2:]))


@operation
def istft(
    x: tuple[Any, Any],
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> torch.Tensor:
    """Return the sequence of which ``x`` is the :func:`stft`: windowed frames, added where they overlap.

    Args:
        x: Real and imaginary part, ``(..., frames, fft_length // 2 + 1)``.
        sequence_length: Steps in a frame.
        sequence_stride: Steps from the start of a frame to that of the next.
        fft_length: Length of the transform.
        length: Steps of the result; None for all that the frames cover.
        window: As in :func:`stft`; the sum is divided by that of the squared windows. None for neither.
        center: Whether ``stft`` mirrored the ends, which are then cut off.

    Returns:
        ``(..., steps)``.

    Raises:
        ValueError: ``x`` is not a pair of floating point tensors of one shape with two axes; a length or the window is
            not as above.

    Example:
        >>> x = torch.arange(32.0)
        >>> bool(torch.allclose(istft(stft(x, 8, 4, 8), 8, 4, 8), x, atol=1e-5))
        True

    Source: Griffin and Lim 1984, eq. 6.
    """
    spectrum = as_complex(x, 2)
    _check_lengths(sequence_length, sequence_stride, fft_length)
    frames = torch.fft.irfft(spectrum, n=fft_length)
    if window is None:
        out = _overlapped(frames, sequence_stride)
    else:
        weights = _padded_window(window, sequence_length, fft_length, frames)
        out = _overlapped(frames * weights, sequence_stride)
        total = _overlapped((weights * weights).expand(frames.shape[-2:]), sequence_stride)
        out = torch.where(total > 1e-10, out / total, out)
    start = fft_length // 2 if center else 0
    if length is not None:
        return out[..., start : start + length]
    return out[..., start : out.shape[-1] - start]


def _overlapped(frames: torch.Tensor, stride: int) -> torch.Tensor:
    """Frames ``(..., frames, size)`` added up at their places."""
    count, size = frames.shape[-2:]
    columns = frames.reshape(-1, count, size).mT
    total = (count - 1) * stride + size
    return F.fold(columns, (1, total), (1, size), stride=(1, stride)).reshape(*frames.shape[:-2], total)


def _padded_window(window: Any, length: int, fft_length: int, like: torch.Tensor) -> torch.Tensor:
    if window is None:
        values = like.new_ones(length)
    elif isinstance(window, str):
        if window not in _WINDOWS:
            raise ValueError(f"If a string is passed to `window`, it must be 'hann' or 'hamming'. Received: {window!r}")
        values = _WINDOWS[window](length, dtype=like.dtype, device=like.device)
    else:
        values = as_float(window).to(like)
        if tuple(values.shape) != (length,):
            raise ValueError(
                f"The shape of `window` must be equal to (sequence_length,) = ({length},). Received:"
                f" {tuple(values.shape)}"
            )
    before = (fft_length - length) // 2
    return F.pad(values, (before, fft_length - length - before))


def _check_lengths(sequence_length: int, sequence_stride: int, fft_length: int) -> None:
    if isinstance(sequence_stride, bool) or not isinstance(sequence_stride, int) or sequence_stride < 1:
        raise ValueError(f"`sequence_stride` must be a positive integer. Received: sequence_stride={sequence_stride}")
    if fft_length < sequence_length:
        raise ValueError(
            "`fft_length` must equal or larger than `sequence_length`. "
            f"Received: sequence_length={sequence_length}, fft_length={fft_length}"
        )
