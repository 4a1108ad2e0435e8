"""Resized images, beside Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests.ops.image.against_keras import ImageChecks, X
from torchkeras_compat.ops import image


class TestResizing(ImageChecks):
    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = [
        ("resize", {"size": (5, 11)}),
        ("resize", {"size": (5, 11), "antialias": True}),
        ("resize", {"size": (5, 11), "interpolation": "nearest"}),
        ("resize", {"size": (12, 5), "interpolation": "bicubic"}),
        ("resize", {"size": (4, 6), "crop_to_aspect_ratio": True}),
        ("resize", {"size": (4, 6), "pad_to_aspect_ratio": True, "fill_value": 2.0}),
    ]


@pytest.mark.parametrize("interpolation", ["lanczos3", "lanczos5"])
@pytest.mark.parametrize("antialias", [False, True])
def test_lanczos_is_scale_and_translate(interpolation, antialias):
    scale = [5 / 9, 11 / 7]
    expected = image.scale_and_translate(X, (2, 5, 11, 3), scale, [0.0, 0.0], (1, 2), interpolation, antialias)
    torch.testing.assert_close(image.resize(X, (5, 11), interpolation, antialias), expected)


@pytest.mark.parametrize("method", ["linear", "cubic", "lanczos3", "lanczos5"])
@pytest.mark.parametrize("antialias", [False, True])
def test_scale_and_translate_as_in_keras(real_keras, method, antialias):
    arguments = ((2, 12, 4, 3), np.array([1.3, 0.6]), np.array([-1.0, 0.4]), (1, 2), method, antialias)
    theirs = real_keras.ops.image.scale_and_translate(X, *arguments).cpu()
    torch.testing.assert_close(image.scale_and_translate(X, *arguments), theirs, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("call, error, words", [
    (lambda: image.resize(X[0, 0], (2, 2)), ValueError, r"expected rank 3.*images.shape=\(7, 3\)"),
    (lambda: image.resize(X, (0, 2)), ValueError, r"positive height and width. Received: size=\(0, 2\)"),
    (lambda: image.resize(X, (2, 2), "cubic"), ValueError, "Received: 'cubic'"),
    (lambda: image.resize(X, (2, 2), fill_mode="wrap"), ValueError, "Received: 'wrap'"),
    (lambda: image.resize(X, (2, 2), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True), ValueError, "Only one"),
    (lambda: image.scale_and_translate(X, X.shape, [1.0], [0.0], (1,), "sinc"), ValueError, "Received: 'sinc'"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
