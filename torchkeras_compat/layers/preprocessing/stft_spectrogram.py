"""`STFTSpectrogram`: signals as spectrograms, by convolutions whose kernels may learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from torchkeras_compat import config
from torchkeras_compat.initializers.fourier import STFT
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.preprocessing.signal_windows import checked_window
from torchkeras_compat.layers.spatial import SpatialLayer
from torchkeras_compat.layouts import Permuted
from torchkeras_compat.ops.padding import output_size, same_padding
from torchkeras_compat.typing import Config, Shape
from torchkeras_compat.variables import Variable

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(SpatialLayer):
    """Short-time Fourier transform of signals: ``sum_n inputs[t * frame_step + n] * window[n] * exp(-2j pi n k / N)``.

    Computes through ``self.real_conv`` and ``self.imag_conv``, each a ``torch.nn.Conv1d`` whose kernel is a part of
    the transform, and which every channel goes through by itself. The kernels are weights that train, unless
    ``trainable=False``.

    Args:
        mode: What becomes of the transform: ``"real"`` and ``"imag"`` for a part of it, ``"stft"`` for both, one after
            the other; ``"magnitude"`` for its absolute value, whose square is at least ``epsilon``, ``"log"`` for the
            logarithm of that, ``"angle"`` for its phase in radians; ``"psd"`` for the squared absolute value, twice
            that between the first and the last frequency.
        frame_length: Steps in a frame, a positive int.
        frame_step: Steps from the start of a frame to that of the next, at most ``frame_length``; None for half of it.
        fft_length: Length N of the transform, at least ``frame_length``; None for the least power of two that is.
        window: Name of a window or a vector of length ``frame_length``, as in `initializers.STFT`; None for none.
        periodic: Whether a named window is the start of a periodic one, in place of a symmetric one.
        scaling: ``"density"``, ``"spectrum"`` or None, as in `initializers.STFT`.
        padding: ``"valid"`` for none, or ``"same"`` for ``ceil(steps / frame_step)`` frames.
        expand_dims: Whether the output keeps an axis of channels, as images have.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first; floating point.
    Output shape:
        ``(batch, frames, channels * frequencies)``, or ``(batch, channels * frequencies, frames)`` for channels first;
        with ``expand_dims`` ``(batch, frames, frequencies, channels)``, or ``(batch, channels, frames, frequencies)``.
        There are ``N // 2 + 1`` frequencies, and twice as many for ``"stft"``.

    Raises:
        ValueError: an argument is none of those above; the inputs have not three axes, or fewer steps than a frame.
        TypeError: the inputs are integers.

    Example:
        >>> layer = STFTSpectrogram(frame_length=256, frame_step=128, fft_length=512, trainable=False)
        >>> layer(torch.zeros(3, 1600, 1)).shape
        torch.Size([3, 11, 257])

    Source: Keras API, layers/STFTSpectrogram.
    """

    rank = 1
    _checks_spec_before_build = True

    real_conv: nn.Conv1d | None
    imag_conv: nn.Conv1d | None
    real_kernel: Variable | None
    imag_kernel: Variable | None

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if mode not in MODES:
            raise ValueError(f"Output mode is invalid, it must be one of {', '.join(MODES)}. Received: mode={mode}")
        if padding not in ("valid", "same"):
            raise ValueError(f"Padding is invalid, it should be 'valid', 'same'. Received: padding={padding}")
        _check_lengths(frame_length, frame_step, fft_length)
        self.mode = mode
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.fft_length = fft_length
        self.window = checked_window(window, frame_length, "frame_length")
        self.periodic = periodic
        self.scaling = scaling
        self.padding = padding
        self.expand_dims = expand_dims
        self._set_data_format(data_format)
        STFT("real", self.window, scaling, periodic)  # which checks them
        self._step = frame_step or max(1, frame_length // 2)
        self._frequencies = (fft_length or max(2, 1 << (frame_length - 1).bit_length())) // 2 + 1
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape: Sequence[int | None]) -> None:
        self.compute_output_shape(input_shape)
        self.real_conv, self.real_kernel = (None, None) if self.mode == "imag" else self._convolution("real")
        self.imag_conv, self.imag_kernel = (None, None) if self.mode == "real" else self._convolution("imag")

    def _convolution(self, side: str) -> tuple[nn.Conv1d, Variable]:
        conv: Any = self._make_torch_module(
            f"{side}_conv", nn.Conv1d, 1, self._frequencies, self.frame_length, self._step, bias=False
        )
        initializer = STFT(side, self.window, self.scaling, self.periodic)
        layout = Permuted(2, 1, 0)  # (frame_length, 1, frequencies) over torch's (frequencies, 1, frame_length)
        return conv, self._add_weight_view(f"{side}_kernel", [(conv, "weight")], initializer, layout)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the spectrogram."""
        if not inputs.is_floating_point():
            raise TypeError(
                "Invalid input type. Expected `float16`, `float32` or `float64`. Received: input type="
                f"{inputs.dtype}. Convert the signal first: `signal.astype('float32') / 32768` for samples of 16 bits."
            )
        x = self._to_channels_first(inputs)  # (batch, channels, steps)
        batch, channels, steps = x.shape
        x = x.reshape(batch * channels, 1, steps)
        if self.padding == "same":
            x = F.pad(x, same_padding(steps, self.frame_length, self._step))
        elif steps < self.frame_length:
            self.compute_output_shape(inputs.shape)  # which says so
        x = self._values(x)
        x = x.reshape(batch, channels, *x.shape[1:])  # (batch, channels, frequencies, frames)
        if self.expand_dims:
            return x.permute(0, 1, 3, 2) if self._is_channels_first else x.permute(0, 3, 2, 1)
        x = x.flatten(1, 2)
        return x if self._is_channels_first else x.permute(0, 2, 1)

    def _values(self, x: torch.Tensor) -> torch.Tensor:
        """Return ``(signals, frequencies, frames)`` of signals ``(signals, 1, steps)``."""
        if self.imag_conv is None:
            assert self.real_conv is not None
            real: torch.Tensor = self.real_conv(x)
            return real
        imag: torch.Tensor = self.imag_conv(x)
        if self.real_conv is None:
            return imag
        real = self.real_conv(x)
        if self.mode == "stft":
            return torch.cat([real, imag], dim=1)
        if self.mode == "angle":
            return torch.atan2(imag, real)
        power = real.square() + imag.square()
        if self.mode == "psd":
            # The transform has each frequency but the first and the last twice: its other half is left out.
            return torch.cat([power[:, :1], 2 * power[:, 1:-1], power[:, -1:]], dim=1)
        magnitude = power.clamp(min=config.epsilon()).sqrt()
        return magnitude.log() if self.mode == "log" else magnitude

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """Return the shape of the output.

        Raises:
            ValueError: the number of channels is not known, or the inputs have fewer steps than a frame.
        """
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ValueError(
                f"The number of channels of STFTSpectrogram '{self.name}' must be known. Received: input_shape="
                f"{tuple(input_shape)}"
            )
        (steps,) = self._spatial_part(input_shape)
        frames = output_size(steps, self.frame_length, self._step, self.padding)
        if frames is not None and frames <= 0:
            raise ValueError(
                f"Computed output size would be zero or negative: STFTSpectrogram '{self.name}' cuts signals into "
                f"frames of {self.frame_length} steps. Received: inputs.shape={tuple(input_shape)}. Use longer "
                "signals, a smaller `frame_length` or padding='same'."
            )
        frequencies = self._frequencies * (2 if self.mode == "stft" else 1)
        if not self.expand_dims:
            return self._shape_of(input_shape[0], (frames,), channels * frequencies)
        image = (channels, frames, frequencies) if self._is_channels_first else (frames, frequencies, channels)
        return (input_shape[0], *image)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "mode": self.mode,
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
            "fft_length": self.fft_length,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
            "padding": self.padding,
            "data_format": self.data_format,
            "expand_dims": self.expand_dims,
        }


def _check_lengths(frame_length: Any, frame_step: Any, fft_length: Any) -> None:
    if not _is_positive(frame_length):
        raise ValueError(f"`frame_length` should be a positive integer. Received frame_length={frame_length!r}")
    if frame_step is not None and not (_is_positive(frame_step) and frame_step <= frame_length):
        raise ValueError(
            "`frame_step` should be a positive integer not greater than `frame_length`. Received frame_step="
            f"{frame_step!r}, frame_length={frame_length}"
        )
    if fft_length is not None and not (_is_positive(fft_length) and fft_length >= max(2, frame_length)):
        raise ValueError(
            "`fft_length` should be not less than `frame_length`, and at least 2. Received fft_length="
            f"{fft_length!r}, frame_length={frame_length}"
        )


def _is_positive(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool) and value > 0
