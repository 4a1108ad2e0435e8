"""Resampling beside the values of tf.image.resize (TensorFlow 2, without antialiasing)."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.utils.resampling import METHODS, resample

ROW = [0, 10, 40, 20, 5]
EXPECTED = [
    ("bilinear", [3.33, 40.0, 10.0]),
    ("bilinear", [0.0, 4.38, 11.88, 30.62, 33.75, 21.25, 11.56, 5.0]),
    ("nearest", [0.0, 40.0, 5.0]),
    ("nearest", [0.0, 0.0, 10.0, 40.0, 40.0, 20.0, 5.0, 5.0]),
    ("bicubic", [1.72, 40.0, 8.44]),
    ("bicubic", [-0.72, 2.44, 11.42, 33.65, 37.27, 21.2, 9.91, 3.92]),
    ("area", [4.0, 30.0, 11.0]),
    ("area", [0.0, 4.0, 10.0, 34.0, 36.0, 20.0, 11.0, 5.0]),
    ("lanczos3", [0.29, 40.0, 7.26]),
    ("lanczos3", [-0.09, 0.69, 12.03, 34.61, 39.05, 21.98, 8.32, 4.09]),
    ("lanczos5", [-0.31, 40.0, 6.48]),
    ("lanczos5", [0.58, 0.02, 12.14, 34.74, 39.3, 22.11, 7.46, 4.79]),
    ("gaussian", [3.39, 34.67, 10.09]),
    ("gaussian", [0.6, 4.38, 13.25, 30.11, 32.98, 21.48, 11.57, 5.9]),
    ("mitchellcubic", [2.47, 37.22, 9.25]),
    ("mitchellcubic", [-0.14, 3.27, 12.48, 31.77, 35.21, 21.45, 10.66, 4.79]),
]


@pytest.mark.parametrize(("method", "expected"), EXPECTED)
@pytest.mark.parametrize("axis", [0, 1])
def test_values_are_those_of_tensorflow(method, expected, axis):
    image = torch.tensor(ROW, dtype=torch.uint8).reshape([1, 5, 1] if axis else [5, 1, 1])
    size = (1, len(expected)) if axis else (len(expected), 1)
    # TensorFlow's bicubic takes its kernel from a table of 1024 entries, and all values are rounded here.
    tolerance = 0.03 if method == "bicubic" else 0.0051
    torch.testing.assert_close(resample(image, size, method).ravel(), torch.tensor(expected), atol=tolerance, rtol=0)


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_stays_constant_and_the_same_size_changes_nothing(method):
    image = torch.full((7, 5, 3), 9.0)
    torch.testing.assert_close(resample(image, (11, 3), method), torch.full((11, 3, 3), 9.0))
    noise = torch.rand(7, 5, 3)
    assert torch.equal(resample(noise, (7, 5), method), noise)
