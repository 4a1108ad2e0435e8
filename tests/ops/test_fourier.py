from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.ops import fourier
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


@pytest.mark.parametrize("call, error, words", [
    (lambda: fourier.fft(REAL), ValueError, "tuple of two tensors.*Received: ndarray"),
    (lambda: fourier.fft((REAL, IMAG[0])), ValueError, r"same shape. Received: \(2, 4, 6\) and \(4, 6\)"),
    (lambda: fourier.fft2((REAL[0, 0], IMAG[0, 0])), ValueError, r"rank >= 2. Received: \(6,\)"),
    (lambda: fourier.fft((np.ones(3, "int32"),) * 2), ValueError, "torch.int32"),
    (lambda: fourier.fft((KerasTensor((None,)),) * 2), ValueError, "last dimension fully-defined"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
