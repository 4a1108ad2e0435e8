from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import fourier, short_time_fourier
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

REAL, IMAG = np.random.default_rng(0).random((2, 2, 4, 6))


@pytest.mark.parametrize("name", ["fft", "fft2", "ifft2"])
def test_transforms_are_numpys(name):
    expected = getattr(np.fft, name)(REAL + 1j * IMAG)
    real, imag = getattr(fourier, name)((REAL, IMAG))
    np.testing.assert_allclose(real, expected.real, atol=1e-12)
    np.testing.assert_allclose(imag, expected.imag, atol=1e-12)
    assert [t.shape for t in getattr(fourier, name)((KerasTensor((None, 4, 6)),) * 2)] == [(None, 4, 6)] * 2


@pytest.mark.parametrize("n", [None, 3, 9])
def test_real_transforms_are_numpys(n):
    real, imag = fourier.rfft(REAL, n)
    expected = np.fft.rfft(REAL, n)
    np.testing.assert_allclose(real + 1j * imag, expected, atol=1e-12)
    np.testing.assert_allclose(fourier.irfft((REAL, IMAG), n), np.fft.irfft(REAL + 1j * IMAG, n), atol=1e-12)


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
    (lambda: fourier.fft(REAL), ValueError, "tuple of two tensors.*Received: ndarray"),
    (lambda: fourier.fft((REAL, IMAG[0])), ValueError, r"same shape. Received: \(2, 4, 6\) and \(4, 6\)"),
    (lambda: fourier.fft2((REAL[0, 0], IMAG[0, 0])), ValueError, r"rank >= 2. Received: \(6,\)"),
    (lambda: fourier.fft((np.ones(3, "int32"),) * 2), ValueError, "torch.int32"),
    (lambda: fourier.fft((KerasTensor((None,)),) * 2), ValueError, "last dimension fully-defined"),
    (lambda: short_time_fourier.stft(np.arange(9), 2, 1, 4), TypeError, "`float32` or `float64`"),
    (lambda: short_time_fourier.stft(REAL, 4, 1, 2), ValueError, "sequence_length=4, fft_length=2"),
    (lambda: short_time_fourier.stft(REAL, 4, 0, 4), ValueError, "sequence_stride=0"),
    (lambda: short_time_fourier.stft(REAL, 4, 1, 4, "welch"), ValueError, "Received: 'welch'"),
    (lambda: short_time_fourier.stft(REAL, 4, 1, 4, np.ones(5)), ValueError, r"\(4,\). Received: \(5,\)"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
