"""Measures of similarity, beside Keras."""

from __future__ import annotations

import pytest
import torch

from tests.ops.image.against_keras import X
from torchkeras_compat.ops import image
from torchkeras_compat.ops.image.quality import psnr


@pytest.mark.parametrize("max_val", [1.0, 255.0])
def test_similarity(real_keras, max_val):
    x, y = torch.rand(2, 2, 16, 16, 3) * max_val
    torch.testing.assert_close(
        image.ssim(x, y, max_val), real_keras.ops.image.ssim(x, y, max_val).cpu(), atol=1e-4, rtol=1e-3
    )
    torch.testing.assert_close(image.ssim(x, x, max_val), torch.ones(2))
    torch.testing.assert_close(psnr(x, y, max_val), real_keras.ops.psnr(x, y, max_val).cpu())


@pytest.mark.parametrize("call, error, words", [
    (lambda: image.ssim(X, X), ValueError, "filter_size=11"),
    (lambda: image.ssim(X, X[:1], filter_size=3), ValueError, "one shape"),
    (lambda: psnr(X, X[:1], 1.0), ValueError, "must match for PSNR"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
