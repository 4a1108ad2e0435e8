"""Dtypes and shapes that functions of images share."""

from __future__ import annotations

import torch

from tests.ops.image.against_keras import PROJECTION, X
from torchkeras_compat.ops import image


def test_integers_stay_integers():
    x = (X * 255).to(torch.uint8)
    for out in (image.resize(x, (4, 4), "bicubic"), image.gaussian_blur(x), image.affine_transform(x, PROJECTION)):
        assert out.dtype is torch.uint8
