"""Patches of images and volumes, beside Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import torch

from tests.ops.image.against_keras import ImageChecks, X
from torchkeras_compat.ops import image


class TestImagePatches(ImageChecks):
    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = [
        ("extract_patches", {"size": 3}),
        ("extract_patches", {"size": (2, 3), "strides": 1, "padding": "same"}),
        ("extract_patches", {"size": 3, "strides": 1, "dilation_rate": 2}),
    ]


def test_volumes_are_cut_too():
    volume = torch.arange(4 * 4 * 6.0).reshape(1, 4, 4, 6, 1)
    out = image.extract_patches_3d(volume, (2, 2, 3))
    assert out.shape == (1, 2, 2, 2, 12)
    assert torch.equal(out[0, 1, 0, 1], volume[0, 2:, :2, 3:].flatten())
    assert torch.equal(image.extract_patches(volume, (2, 2, 3)), out)


@pytest.mark.parametrize("call, error, words", [
    (lambda: image.extract_patches(X, "3"), TypeError, "Expected an int or a tuple. Received: '3'"),
    (lambda: image.extract_patches(X, (1, 2, 3, 4)), ValueError, "length 2 or 3"),
    (lambda: image.extract_patches_3d(X, (1, 2)), TypeError, r"size=\(1, 2\)"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
