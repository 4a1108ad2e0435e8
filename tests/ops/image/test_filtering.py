"""Blurs and edges, beside Keras and by definition."""

from __future__ import annotations

from typing import Any, ClassVar

import torch

from tests.ops.image.against_keras import ImageChecks, ShapeChecks
from torchkeras_compat.ops import image


class TestFiltering(ImageChecks):
    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = [
        ("sobel_edges", {}),
    ]


class TestBlur(ShapeChecks):
    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = [("gaussian_blur", {})]


def test_blur_weights_the_neighbours():
    dot = torch.zeros(7, 7, 1)
    dot[3, 3] = 1
    blurred = image.gaussian_blur(dot, (5, 3), (1.0, 0.5))[..., 0]
    columns = torch.exp(-0.5 * torch.arange(-2.0, 3.0) ** 2)
    rows = torch.exp(-0.5 * (torch.arange(-1.0, 2.0) / 0.5) ** 2)
    torch.testing.assert_close(blurred[2:5, 1:6], torch.outer(rows / rows.sum(), columns / columns.sum()))
