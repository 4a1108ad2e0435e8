"""`MelSpectrogram`: audio signals as spectrograms over the mel scale of pitch."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.device import current_device, weights_device
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.signal_windows import checked_window
from torchkeras_compat.ops.short_time_fourier import stft
from torchkeras_compat.typing import Config, Shape

_WINDOWS = ("hann", "hamming")


class MelSpectrogram(Layer):
    """Power of audio signals in bands of the mel scale, over time: ``10 * log10(|stft(inputs)| ** mag_exp @ bands)``.

    Args:
        fft_length: Length of the Fourier transform, a positive int.
        sequence_stride: Steps from the start of a frame to that of the next. Signals are mirrored at both ends, so that
            frames are centred on their time.
        sequence_length: Steps in a frame, at most ``fft_length``; None for ``fft_length``.
        window: ``"hann"``, ``"hamming"``, a vector of ``sequence_length`` weights, or None for no window.
        sampling_rate: Steps per second.
        num_mel_bins: Number of bands.
        min_freq: Lower edge of the lowest band, in hertz.
        max_freq: Upper edge of the highest band, in hertz; None for half of the sampling rate.
        power_to_db: Whether the output is in decibels, ``10 * log10(power / ref_power)``.
        top_db: How far below the highest decibel of the whole batch the output is cut off; None for no cut.
        mag_exp: Power of the absolute value: 1 for magnitudes, 2 for powers.
        min_power: Least power, and least ``ref_power``.
        ref_power: The power that is 0 decibels.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(..., steps)``, more steps than half of ``fft_length``. Integers are converted to float32.
    Output shape:
        ``(..., num_mel_bins, frames)``, in the compute dtype.

    Raises:
        ValueError: a number is none or infinite, a length, a rate or a number of bands is not positive,
            ``sequence_length`` is larger than ``fft_length``, the edges are not in order or the window is another; in a
            call, a signal is too short.

    Example:
        >>> MelSpectrogram(fft_length=256, sequence_stride=100, num_mel_bins=8)(torch.zeros(2, 1600)).shape
        torch.Size([2, 8, 17])

    Source: Keras API, layers/MelSpectrogram. Scale: O'Shaughnessy 1987, ``1127 * log(1 + hertz / 700)``.
    """

    _bands: torch.Tensor
    _window_values: torch.Tensor  # where the window is a vector

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float | None = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fft_length = _positive("fft_length", fft_length)
        self.sequence_stride = _positive("sequence_stride", sequence_stride)
        self.sequence_length = _positive("sequence_length", sequence_length or fft_length)
        if self.sequence_length > fft_length:
            raise ValueError(
                "`fft_length` must be greater than or equal to `sequence_length`. Received: sequence_length="
                f"{sequence_length}, fft_length={fft_length}."
            )
        _check_numbers(
            sampling_rate=sampling_rate, min_freq=min_freq, mag_exp=mag_exp, min_power=min_power, ref_power=ref_power
        )
        _check_numbers(**{name: x for name, x in {"max_freq": max_freq, "top_db": top_db}.items() if x is not None})
        if isinstance(window, str) and window not in _WINDOWS:
            raise ValueError(
                f'If a string is passed to `window`, it must be one of "hann", "hamming". Received: window={window}'
            )
        self.window = checked_window(window, self.sequence_length, "sequence_length")
        self.sampling_rate = sampling_rate
        self.num_mel_bins = _positive("num_mel_bins", num_mel_bins)
        self.min_freq = min_freq
        self.max_freq = max_freq or int(sampling_rate / 2)
        if not (sampling_rate > 0 and 0 <= min_freq < self.max_freq):
            raise ValueError(
                "MelSpectrogram needs a positive `sampling_rate` and 0 <= `min_freq` < `max_freq`. Received: "
                f"sampling_rate={sampling_rate}, min_freq={min_freq}, max_freq={max_freq}"
            )
        self.power_to_db = power_to_db
        self.top_db = top_db
        self.mag_exp = mag_exp
        self.min_power = min_power
        self.ref_power = ref_power
        if power_to_db and not min_power > 0:
            raise ValueError(f"`min_power` must be positive. Received: min_power={min_power}")

    def build(self, input_shape: Sequence[int | None]) -> None:
        self.compute_output_shape(input_shape)
        dtype = self._internal_dtype(self._compute_torch_dtype)
        with weights_device():  # a model around it may be working out shapes
            bands = self.linear_to_mel_weight_matrix(
                *(self.num_mel_bins, self.fft_length // 2 + 1, self.sampling_rate, self.min_freq, self.max_freq),
                "float64",
            )
            self.register_buffer("_bands", bands.to(dtype).mT, persistent=False)
            if isinstance(self.window, list):
                values = torch.tensor(self.window, dtype=dtype, device=bands.device)
                self.register_buffer("_window_values", values, persistent=False)

    @staticmethod
    def _internal_dtype(dtype: torch.dtype) -> torch.dtype:
        return dtype if dtype is torch.float64 else torch.float32  # the transform has no others

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the spectrogram."""
        if inputs.ndim < 1 or inputs.shape[-1] <= self.fft_length // 2:
            self.compute_output_shape(inputs.shape)  # which says so
        if 0 in inputs.shape:  # torch transforms nothing else
            shape: Any = self.compute_output_shape(inputs.shape)
            return inputs.new_zeros(shape, dtype=self._compute_torch_dtype)
        with torch.autocast(self._device_type(), enabled=False):  # half precision has no room for powers
            result = self._spectrogram(inputs.to(self._internal_dtype(inputs.dtype)))
        return result.to(self._compute_torch_dtype) if self._compute_torch_dtype.is_floating_point else result

    def _spectrogram(self, x: torch.Tensor) -> torch.Tensor:
        window = self._window_values if isinstance(self.window, list) else self.window
        real, imag = stft(x, self.sequence_length, self.sequence_stride, self.fft_length, window)
        power = torch.hypot(real, imag) if self.mag_exp == 1 else real.square() + imag.square()
        if self.mag_exp not in (1, 2):
            power = power.pow(self.mag_exp / 2)
        result = self._bands.to(power) @ power.mT
        return self._decibels(result) if self.power_to_db else result

    def _decibels(self, power: torch.Tensor) -> torch.Tensor:
        reference = math.log10(max(self.ref_power, self.min_power))
        decibels = 10.0 * (power.clamp(min=self.min_power).log10() - reference)
        return decibels if self.top_db is None else decibels.maximum(decibels.amax() - self.top_db)

    def linear_to_mel_weight_matrix(
        self,
        num_mel_bins: int = 20,
        num_spectrogram_bins: int = 129,
        sampling_rate: float = 8000,
        lower_edge_hertz: float = 125.0,
        upper_edge_hertz: float = 3800.0,
        dtype: Any = "float32",
    ) -> torch.Tensor:
        """Return the weight of each frequency in each band: a triangle over the mel scale, 1 in its middle.

        Args:
            num_mel_bins: Number of bands.
            num_spectrogram_bins: Number of frequencies, evenly from 0 to half of the sampling rate.
            sampling_rate: Steps per second.
            lower_edge_hertz: Lower edge of the lowest band.
            upper_edge_hertz: Upper edge of the highest band.
            dtype: Dtype of the result.

        Returns:
            ``(num_spectrogram_bins, num_mel_bins)``. Frequency 0 is in no band.

        Example:
            >>> MelSpectrogram().linear_to_mel_weight_matrix(2, 5, 8000, 0.0, 4000.0)[1:3]
            tensor([[0.6021, 0.3979],
                    [0.0000, 0.8733]])
        """
        device = current_device()
        precise = torch.float64 if device.type != "mps" else torch.float32
        hertz = torch.linspace(0.0, sampling_rate / 2, num_spectrogram_bins, dtype=precise, device=device)
        mel = _mel(hertz)[1:, None]
        first, last = (
            _mel(torch.tensor(float(edge), dtype=precise, device="cpu")).item()
            for edge in (lower_edge_hertz, upper_edge_hertz)
        )
        points = torch.linspace(first, last, num_mel_bins + 2, dtype=precise, device=device)
        lower, center, upper = points[:-2], points[1:-1], points[2:]
        rising, falling = (mel - lower) / (center - lower), (upper - mel) / (upper - center)
        weights = rising.minimum(falling).clamp(min=0.0)
        return torch.nn.functional.pad(weights, (0, 0, 1, 0)).to(to_torch_dtype(dtype))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """Return the shape of the output.

        Raises:
            ValueError: the inputs have no axis, or too few steps.
        """
        if not input_shape:
            raise ValueError(f"MelSpectrogram '{self.name}' takes signals, (..., steps). Received: a scalar.")
        *before, steps = input_shape
        half = self.fft_length // 2
        if steps is not None and steps <= half:
            raise ValueError(
                f"MelSpectrogram '{self.name}' mirrors {half} steps at both ends of a signal, which must have more. "
                f"Received: inputs.shape={tuple(input_shape)}. Use longer signals or a smaller `fft_length`."
            )
        frames = None if steps is None else 1 + (steps + 2 * half - self.fft_length) // self.sequence_stride
        return (*before, self.num_mel_bins, frames)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "fft_length": self.fft_length,
            "sequence_stride": self.sequence_stride,
            "sequence_length": self.sequence_length,
            "window": self.window,
            "sampling_rate": self.sampling_rate,
            "num_mel_bins": self.num_mel_bins,
            "min_freq": self.min_freq,
            "max_freq": self.max_freq,
            "power_to_db": self.power_to_db,
            "top_db": self.top_db,
            "mag_exp": self.mag_exp,
            "min_power": self.min_power,
            "ref_power": self.ref_power,
        }


def _mel(hertz: torch.Tensor) -> torch.Tensor:
    return 1127.0 * torch.log1p(hertz / 700.0)


def _positive(name: str, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
        raise ValueError(f"`{name}` of MelSpectrogram must be a positive int. Received: {name}={value!r}")
    return int(value)


def _check_numbers(**values: Any) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
            raise ValueError(f"`{name}` of MelSpectrogram must be a finite number. Received: {name}={value!r}")
