"""Signals cut into frames, frames transformed, and both put back together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axis_of, floats, integer, tensor
from torchkeras_compat.dialects.tensorflow.signal.windows import (
    hamming_window,
    hann_window,
    kaiser_bessel_derived_window,
    kaiser_window,
    vorbis_window,
)
from torchkeras_compat.dialects.tensorflow.tensor import unwrap
from torchkeras_compat.ops.short_time_fourier import _overlapped as overlapped

Window = Callable[..., Any]


@tensor_function
def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: int = -1,
    name: str | None = None,
) -> torch.Tensor:
    """Return overlapping frames of an axis, which becomes two: frames, and steps in a frame.

    Args:
        signal: Numbers.
        frame_length: Steps in a frame.
        frame_step: Steps from the start of one frame to that of the next.
        pad_end: Whether the last frames may reach beyond the end.
        pad_value: What stands there.
        axis: The axis.
        name: Not used.

    Raises:
        InvalidArgumentError: a length or step is not positive.
    """
    return _framed(tensor(signal), frame_length, frame_step, pad_end, pad_value, axis)


def _framed(
    x: torch.Tensor, frame_length: Any, frame_step: Any, pad_end: bool, pad_value: Any, axis: int
) -> torch.Tensor:
    length, step = integer(frame_length, "frame_length"), integer(frame_step, "frame_step")
    if length < 1 or step < 1:
        raise InvalidArgumentError(f"Frames need positive lengths and steps. Received: {length} and {step}")
    at = axis_of(axis, x.ndim)
    x = x.movedim(at, -1)
    size = x.shape[-1]
    if pad_end:
        count = -(-size // step)
        x = F.pad(x, (0, max(0, (count - 1) * step + length - size)), value=float(pad_value))
    if x.shape[-1] < length:
        frames = x.new_zeros(*x.shape[:-1], 0, length)
    else:
        frames = x.unfold(-1, length, step)
    return frames.movedim((-2, -1), (at, at + 1)).contiguous()


@tensor_function
def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> torch.Tensor:
    """Return frames ``(..., frames, frame_length)`` added up at their places, ``frame_step`` apart."""
    x = tensor(signal)
    return _added(x, integer(frame_step, "frame_step"))


def _added(x: torch.Tensor, step: int) -> torch.Tensor:
    if x.is_complex() or not x.is_floating_point():
        total = x.new_zeros(*x.shape[:-2], (x.shape[-2] - 1) * step + x.shape[-1])
        for i in range(x.shape[-2]):
            total[..., i * step : i * step + x.shape[-1]] += x[..., i, :]
        return total
    return overlapped(x, step)


def _window(window_fn: Window | None, length: int, dtype: torch.dtype) -> Any:
    return None if window_fn is None else tensor(unwrap(window_fn(length, dtype=_named(dtype))))


def _named(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


@tensor_function
def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Window | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> torch.Tensor:
    """Return the transforms of overlapping, windowed frames.

    Args:
        signals: ``(..., steps)``.
        frame_length: Steps in a frame.
        frame_step: Steps from the start of one frame to that of the next.
        fft_length: Length of the transform; None for the power of two from ``frame_length`` on.
        window_fn: Gives the window of a length in a dtype; None for none.
        pad_end: Whether the last frames may reach beyond the end.
        name: Not used.

    Returns:
        ``(..., frames, fft_length // 2 + 1)``, complex.
    """
    x = floats(signals, "signal.stft", complex=False)
    length = integer(frame_length, "frame_length")
    size = _fft_length(fft_length, length)
    frames = _framed(x, length, frame_step, pad_end, 0, -1)
    window = _window(window_fn, length, x.dtype)
    if not frames.numel():  # which kernels refuse
        return frames.new_zeros(*frames.shape[:-1], size // 2 + 1, dtype=torch.promote_types(x.dtype, torch.complex64))
    found: torch.Tensor = torch.fft.rfft(frames if window is None else frames * window, n=size)
    return found


def _fft_length(fft_length: Any, frame_length: int) -> int:
    return 1 << (frame_length - 1).bit_length() if fft_length is None else integer(fft_length, "fft_length")


@tensor_function
def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Window | None = hann_window,
    name: str | None = None,
) -> torch.Tensor:
    """Return frames of which ``stfts`` are the transforms, windowed and added up at their places.

    It is the inverse of :func:`stft` with ``window_fn=inverse_stft_window_fn(frame_step)``.
    """
    x = tensor(stfts)
    length = integer(frame_length, "frame_length")
    frames = torch.fft.irfft(x, n=_fft_length(fft_length, length))[..., :length]
    frames = F.pad(frames, (0, length - frames.shape[-1]))
    window = _window(window_fn, length, frames.dtype)
    return _added(frames if window is None else frames * window, integer(frame_step, "frame_step"))


def inverse_stft_window_fn(frame_step: Any, forward_window_fn: Window = hann_window, name: str | None = None) -> Window:
    """Return a window for :func:`inverse_stft` that undoes that of :func:`stft`.

    Args:
        frame_step: Steps from one frame to the next.
        forward_window_fn: The window that :func:`stft` used.
        name: Not used.
    """
    step = integer(unwrap(frame_step), "frame_step")

    def inverse_window(frame_length: Any, dtype: Any = "float32", name: str | None = None) -> Any:
        length = integer(unwrap(frame_length), "frame_length")
        forward = tensor(unwrap(forward_window_fn(length, dtype=dtype)))
        overlaps = -(-length // step)
        squares = F.pad(forward * forward, (0, overlaps * step - length)).reshape(overlaps, step).sum(0)
        return forward / squares.repeat(overlaps)[:length]

    return tensor_function(inverse_window)


_WINDOWS: dict[str, Window] = {
    window.__name__: window
    for window in (hann_window, hamming_window, kaiser_window, kaiser_bessel_derived_window, vorbis_window)
}


def _window_of_name(name: str | None) -> Window | None:
    if name is not None and name not in _WINDOWS:
        raise ValueError(f"Unknown window {name!r}. Use one of {', '.join(_WINDOWS)}, or None.")
    return None if name is None else _WINDOWS[name]


@tensor_function
def stft_by_window_name(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window: str | None = "hann_window",
    pad_end: bool = False,
) -> torch.Tensor:
    """Return :func:`stft` with a window of ``tf.signal`` given by its name, as files can hold it.

    Raises:
        ValueError: there is no such window.
    """
    found: torch.Tensor = stft.__wrapped__(  # type: ignore[attr-defined]
        signals, frame_length, frame_step, fft_length, _window_of_name(window), pad_end
    )
    return found


@tensor_function
def inverse_stft_by_window_name(
    stfts: Any, frame_length: Any, frame_step: Any, fft_length: Any = None, window: str | None = "hann_window"
) -> torch.Tensor:
    """Return :func:`inverse_stft` with a window of ``tf.signal`` given by its name, as files can hold it.

    Raises:
        ValueError: there is no such window.
    """
    found: torch.Tensor = inverse_stft.__wrapped__(  # type: ignore[attr-defined]
        stfts, frame_length, frame_step, fft_length, _window_of_name(window)
    )
    return found


@tensor_function
def mdct(
    signals: Any,
    frame_length: Any,
    window_fn: Window | None = vorbis_window,
    pad_end: bool = False,
    norm: str | None = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return the modified cosine transforms of frames that overlap by half: ``(..., frames, frame_length // 2)``.

    Raises:
        ValueError: ``frame_length`` does not divide by 4.

    Source: Princen and Bradley 1986.
    """
    x = floats(signals, "signal.mdct", complex=False)
    length = _quarters(frame_length)
    half = length // 2
    frames = _framed(x, length, half, pad_end, 0, -1)
    window = _window(window_fn, length, x.dtype)
    frames = frames * (np.sqrt(0.5) if window is None else window)
    a, b, c, d = frames.split(half // 2, -1)
    folded = torch.cat([-c.flip(-1) - d, a - b.flip(-1)], -1)
    return folded @ _cosines(half, norm, x)


@tensor_function
def inverse_mdct(
    mdcts: Any, window_fn: Window | None = vorbis_window, norm: str | None = None, name: str | None = None
) -> torch.Tensor:
    """Return the signal of which :func:`mdct` gave the transforms."""
    x = floats(mdcts, "signal.inverse_mdct", complex=False)
    half = x.shape[-1]
    parts = x @ _cosines(half, norm, x) * (0.5 / half if norm is None else 1.0)
    first, second = parts.split(half // 2, -1)  # type: ignore[no-untyped-call]
    frames = torch.cat([second, -second.flip(-1), -first.flip(-1), -first], -1)
    window = _window(window_fn, 2 * half, x.dtype)
    return _added(frames * (np.sqrt(0.5) if window is None else window), half)


def _quarters(frame_length: Any) -> int:
    length = integer(frame_length, "frame_length")
    if length % 4:
        raise ValueError(f"The frame length must be a multiple of 4. Received: {length}")
    return length


def _cosines(n: int, norm: str | None, like: torch.Tensor) -> torch.Tensor:
    place = torch.arange(n, dtype=torch.float64, device=like.device)
    found = 2 * torch.cos(np.pi * (2 * place[:, None] + 1) * (2 * place[None, :] + 1) / (4 * n))
    return (found * np.sqrt(1 / (2 * n)) if norm == "ortho" else found).to(like.dtype)
