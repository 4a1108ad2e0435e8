"""Images padded and cropped, beside Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.ops.image.against_keras import ImageChecks, X
from torchkeras_compat.ops import image
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


class TestBorders(ImageChecks):
    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = [
        ("pad_images", {"top_padding": 1, "left_padding": 2, "target_height": 12, "right_padding": 1}),
        ("crop_images", {"top_cropping": 1, "left_cropping": 2, "target_height": 4, "right_cropping": 1}),
    ]


@pytest.mark.parametrize("call, error, words", [
    (lambda: image.pad_images(X, 1, 1, 1, 1, 20, 20), ValueError, "exactly two of top_padding"),
    (lambda: image.pad_images(X, 1, 1, None, None, 5, 20), ValueError, "bottom_padding must be >= 0.*size 9"),
    (lambda: image.crop_images(X, 1, 1, None, None, 20, 2), ValueError, "bottom_cropping must be >= 0"),
    (lambda: image.crop_images(KerasTensor((None, 9, 3)), 1, 1, 1, 1), ValueError, "height of the images is unknown"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
