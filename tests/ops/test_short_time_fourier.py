"""Short-time Fourier transforms and the sequences they are made of."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import short_time_fourier
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

REAL = np.random.default_rng(0).random((2, 4, 6))
WINDOWS = [("hann", True), ("hamming", True), ("hann", False), (np.ones(8), True), (None, True)]


@pytest.mark.parametrize("window, center", WINDOWS, ids=str)
@pytest.mark.parametrize("fft_length", [8, 11])
def test_stft_as_in_keras(real_keras, window, center, fft_length):
    x = np.random.rand(2, 3, 40)
    ours, theirs = (f(x, 8, 4, fft_length, window, center) for f in (short_time_fourier.stft, real_keras.ops.stft))
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b.cpu())


@pytest.mark.parametrize("window, center", WINDOWS[:4], ids=str)
def test_istft_gives_the_sequence_back(window, center):
    x = torch.rand(2, 3, 40, dtype=torch.float64)
    spectrum = short_time_fourier.stft(x, 8, 2, 8, window, center)
    back = short_time_fourier.istft(spectrum, 8, 2, 8, window=window, center=center)
    inner = slice(None) if center else slice(1, 40)  # without mirrored ends a zero of the window loses the first one
    torch.testing.assert_close(back[..., inner], x[..., inner])
    assert short_time_fourier.istft(spectrum, 8, 2, 8, 30, window, center).shape == (2, 3, 30)


def test_extract_sequences_and_symbolic_shapes():
    x = torch.arange(10)
    assert torch.equal(short_time_fourier.extract_sequences(x, 4, 3), x.unfold(0, 4, 3))
    assert short_time_fourier.extract_sequences(KerasTensor((None, 32)), 3, 2).shape == (None, 15, 3)
    assert short_time_fourier.stft(KerasTensor((None, 32)), 8, 4, 8)[0].shape == (None, 9, 5)
    assert short_time_fourier.istft((KerasTensor((None, 9, 5)),) * 2, 8, 4, 8).shape == (None, 32)


@pytest.mark.parametrize("call, error, words", [
    (lambda: short_time_fourier.stft(np.arange(9), 2, 1, 4), TypeError, "`float32` or `float64`"),
    (lambda: short_time_fourier.stft(REAL, 4, 1, 2), ValueError, "sequence_length=4, fft_length=2"),
    (lambda: short_time_fourier.stft(REAL, 4, 0, 4), ValueError, "sequence_stride=0"),
    (lambda: short_time_fourier.stft(REAL, 4, 1, 4, "welch"), ValueError, "Received: 'welch'"),
    (lambda: short_time_fourier.stft(REAL, 4, 1, 4, np.ones(5)), ValueError, r"\(4,\). Received: \(5,\)"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
