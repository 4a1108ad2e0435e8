"""Frequencies as they are heard: mel scales and cepstral coefficients."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import floats, integer
from torchkeras_compat.dialects.tensorflow.signal.cosine import dct
from torchkeras_compat.dtypes.names import to_torch_dtype


@tensor_function
def linear_to_mel_weight_matrix(
    num_mel_bins: Any = 20,
    num_spectrogram_bins: Any = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: Any = 125.0,
    upper_edge_hertz: Any = 3800.0,
    dtype: Any = "float32",
    name: str | None = None,
) -> torch.Tensor:
    """Return the matrix ``(num_spectrogram_bins, num_mel_bins)`` that sums up a spectrogram in triangular mel bands.

    Args:
        num_mel_bins: Number of bands.
        num_spectrogram_bins: Number of frequencies from 0 to half the sample rate.
        sample_rate: Samples per second.
        lower_edge_hertz: Where the lowest band begins.
        upper_edge_hertz: Where the highest one ends.
        dtype: Floating point dtype.
        name: Not used.

    Raises:
        ValueError: a number is not positive, or the edges are not in order below half the sample rate.

    Source: O'Shaughnessy 1987: mel = 1127 ln(1 + hertz / 700).
    """
    bands, bins = integer(num_mel_bins, "num_mel_bins"), integer(num_spectrogram_bins, "num_spectrogram_bins")
    rate, low, high = float(sample_rate), float(lower_edge_hertz), float(upper_edge_hertz)
    if bands < 1 or bins < 1 or rate <= 0 or not 0 <= low < high <= rate / 2:
        raise ValueError(
            "Bands need positive numbers and edges in order, below half the sample rate. Received:"
            f" num_mel_bins={bands}, num_spectrogram_bins={bins}, sample_rate={rate}, edges {low} and {high}"
        )
    place = current_device()
    hertz = torch.linspace(0.0, rate / 2, bins, dtype=torch.float64, device=place)[1:]  # without frequency 0
    mel = 1127.0 * torch.log1p(hertz / 700.0)
    first, last = (1127.0 * math.log1p(f / 700.0) for f in (low, high))
    edges = torch.linspace(first, last, bands + 2, dtype=torch.float64, device=place)
    left, center, right = edges[:-2], edges[1:-1], edges[2:]
    rising = (mel[:, None] - left) / (center - left)
    falling = (right - mel[:, None]) / (right - center)
    weights = torch.minimum(rising, falling).clamp_min(0)
    return torch.cat([weights.new_zeros(1, bands), weights]).to(to_torch_dtype(dtype))


@tensor_function
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> torch.Tensor:
    """Return the cepstral coefficients of log-mel spectrograms ``(..., num_mel_bins)``: an orthogonal cosine transform.

    Raises:
        ValueError: there are no bands.
    """
    x = floats(log_mel_spectrograms, "signal.mfccs_from_log_mel_spectrograms", complex=False)
    if not x.shape[-1]:
        raise ValueError(f"num_mel_bins must be positive. Received shape {tuple(x.shape)}")
    function: Any = dct
    found: torch.Tensor = function.__wrapped__(x)
    return found * math.sqrt(1 / (2 * x.shape[-1]))
