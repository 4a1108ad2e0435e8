"""Colours, beside Keras and colorsys."""

from __future__ import annotations

import colorsys
from typing import Any, ClassVar

import numpy as np
import pytest

from tests.ops.image.against_keras import ImageChecks, X
from torchkeras_compat.ops import image


class TestColors(ImageChecks):
    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = [
        ("rgb_to_grayscale", {}),
        ("rgb_to_hsv", {}),
        ("hsv_to_rgb", {}),
    ]


def test_hue_saturation_value_as_in_colorsys():
    colors = np.random.rand(50, 3)
    hsv = image.rgb_to_hsv(colors[None].astype("float32"))[0]
    np.testing.assert_allclose(hsv, [colorsys.rgb_to_hsv(*c) for c in colors], atol=1e-5)
    np.testing.assert_allclose(image.hsv_to_rgb(hsv[None])[0], colors, atol=1e-5)


@pytest.mark.parametrize("call, error, words", [
    (lambda: image.rgb_to_grayscale(X[..., :2]), ValueError, "2 channels"),
    (lambda: image.rgb_to_hsv(X.int()), ValueError, "torch.int32"),
    (lambda: image.hsv_to_rgb(X[..., :1]), ValueError, "received images with 1 channels"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
