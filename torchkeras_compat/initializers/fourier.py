"""The kernel of a short-time Fourier transform."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.initializers.base import Initializer

_TORCH_WINDOWS = ("hann", "hamming", "blackman", "bartlett", "nuttall", "cosine")


class STFT(Initializer):
    """Real or imaginary part of ``window[n] * exp(-2j * pi * n * k / fft_length)``, a kernel of shape (n, 1, k).

    Args:
        side: ``"real"`` or ``"imag"``.
        window: Name of a window of torch, ``"tukey"``, or one that SciPy knows (if SciPy is installed); or a vector of
            the frame's length; None for no window.
        scaling: ``"density"``: the squares of the window sum to 1; ``"spectrum"``: the window itself does; None for the
            window as it is.
        periodic: Whether the window is the start of a periodic one, in place of a symmetric one.

    Shape:
        ``(frame_length, 1, fft_length / 2 + 1)``.

    Raises:
        ValueError: an argument is none of these; when it is called, the shape has not three axes or the window
            another length.

    Example:
        >>> STFT("real", window=None)((4, 1, 3))[:, 0, 2].round().tolist()
        [1.0, -1.0, 1.0, -1.0]

    Source: Keras API, initializers/STFT.
    """

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ) -> None:
        if side not in ("real", "imag"):
            raise ValueError(f"side should be 'real' or 'imag', not {side}. Received: side={side!r}")
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(
                f"Scaling is invalid, it must be `None`, 'density' or 'spectrum'. Received scaling={scaling}"
            )
        if isinstance(window, str):
            _named_window(window, 8, periodic)
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        if len(shape) != 3:
            raise ValueError(
                f"STFT makes kernels of shape (frame_length, channels, frequencies). Received: shape={tuple(shape)}"
            )
        frame_length, channels, frequencies = shape
        time = torch.arange(frame_length, dtype=torch.float64, device="cpu").reshape(-1, 1, 1)
        frequency = torch.arange(frequencies, dtype=torch.float64, device="cpu") / ((frequencies - 1) * 2)
        angle = -2.0 * math.pi * time * frequency
        kernel = torch.cos(angle) if self.side == "real" else torch.sin(angle)
        window = self._window(frame_length)
        if window is not None:
            if self.scaling == "density":
                window = window / window.square().sum().sqrt()
            elif self.scaling == "spectrum":
                window = window / window.sum()
            kernel = kernel * window.reshape(-1, 1, 1)
        kernel = kernel.expand(frame_length, channels, frequencies)
        return kernel.to(current_device(), to_torch_dtype(dtype)).contiguous()

    def _window(self, length: int) -> torch.Tensor | None:
        if self.window is None:
            return None
        if isinstance(self.window, str):
            return _named_window(self.window, length, self.periodic)
        window = torch.as_tensor(self.window, dtype=torch.float64, device="cpu")
        if tuple(window.shape) != (length,):
            raise ValueError(
                f"The shape of `window` must be equal to [frame_length]. Received: window shape={tuple(window.shape)},"
                f" frame_length={length}"
            )
        return window

    def get_config(self) -> dict[str, Any]:
        return {"side": self.side, "window": self.window, "periodic": self.periodic, "scaling": self.scaling}


def _named_window(name: str, length: int, periodic: bool) -> torch.Tensor:
    if name in _TORCH_WINDOWS:
        window: torch.Tensor = getattr(torch.signal.windows, name)(
            length, sym=not periodic, dtype=torch.float64, device="cpu"
        )
        return window
    if name == "tukey":
        return _tukey(length, periodic)
    try:
        signal = importlib.import_module("scipy.signal")  # optional: it knows more windows than torch
    except ImportError:
        known = ", ".join((*_TORCH_WINDOWS, "tukey"))
        raise ValueError(f"Unknown window {name!r}. Use one of {known}, or install SciPy for others.") from None
    try:
        return torch.as_tensor(signal.get_window(name, length, fftbins=periodic), device="cpu")
    except ValueError as error:
        raise ValueError(f"Unknown window {name!r}: {error}") from error


def _tukey(length: int, periodic: bool) -> torch.Tensor:
    """Return the window that is flat in its middle half and falls off as a cosine at both ends."""
    last = length if periodic else length - 1
    from_middle = torch.arange(length, dtype=torch.float64, device="cpu").mul(2.0 / last).sub(1.0).abs()
    return torch.where(from_middle <= 0.5, 1.0, 0.5 * (1.0 + torch.cos(math.pi * (from_middle - 0.5) / 0.5)))
