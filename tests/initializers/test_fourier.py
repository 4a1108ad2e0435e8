"""Fourier kernels, beside Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import torch

from tests.initializers.against_keras import ConfigChecks
from torchkeras_compat import device, initializers


class TestFourier(ConfigChecks):
    cases: ClassVar[list[tuple[str, dict[str, Any]]]] = [("STFT", {"side": "imag"})]


@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize(
    ("window", "scaling", "periodic"),
    [
        (None, None, False),
        ("hann", "density", False),
        ("hamming", "spectrum", True),
        ("tukey", "density", False),
        ("tukey", None, True),
        ("blackman", None, False),
        ("bartlett", None, True),
        ("nuttall", None, False),
        ("cosine", None, False),
        ("flattop", "density", False),
        (list(range(1, 13)), "spectrum", False),
    ],
)
def test_fourier_kernels_are_those_of_keras(real_keras, side, window, scaling, periodic):
    mine = initializers.STFT(side, window, scaling, periodic)
    theirs = real_keras.initializers.STFT(side, window, scaling, periodic)
    torch.testing.assert_close(mine((12, 1, 9)), theirs((12, 1, 9)).detach().cpu(), atol=1e-5, rtol=1e-5)
    assert mine.get_config() == theirs.get_config()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.STFT("imaginary"), "imaginary"),
        (lambda: initializers.STFT(scaling="l2"), "scaling=l2"),
        (lambda: initializers.STFT(window="door"), "door"),
        (lambda: initializers.STFT(window=[1.0])((4, 1, 3)), "frame_length=4"),
        (lambda: initializers.STFT()((4, 3)), r"shape=\(4, 3\)"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("window", ["hann", "tukey", None])
def test_fourier_kernels_are_made_on_any_device(window):
    with device("meta"):
        assert initializers.STFT("real", window)((8, 1, 5)).is_meta
