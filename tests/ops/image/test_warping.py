"""Images transformed by a projection, beside Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import torch

from tests.ops.image.against_keras import CORNERS, OFF_TIES, PROJECTION, ImageChecks, ShapeChecks, X
from torchkeras_compat.ops import image


class TestWarping(ImageChecks):
    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = [
        ("affine_transform", {"transform": PROJECTION}),
        *[
            ("affine_transform", {"transform": PROJECTION, "fill_mode": m})
            for m in ("nearest", "wrap", "mirror", "reflect")
        ],
        # Halfway between two pixels the last bit decides, and that depends on the processor.
        ("affine_transform", {"transform": OFF_TIES, "interpolation": "nearest", "fill_value": 1.0}),
        (
            "perspective_transform",
            {
                "start_points": CORNERS,
                "end_points": CORNERS + torch.rand(4, 2, generator=torch.Generator().manual_seed(1)),
            },
        ),
    ]


class TestElasticTransform(ShapeChecks):
    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = [("elastic_transform", {"seed": 1})]


def test_the_last_two_numbers_of_a_projection_divide():
    transform = torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.1, 0.2])
    rows, columns = torch.meshgrid(torch.arange(9.0), torch.arange(7.0), indexing="ij")
    k = 0.1 * columns + 0.2 * rows + 1
    expected = image.map_coordinates(X[0, :, :, 0], torch.stack([rows / k, columns / k]), 1)
    torch.testing.assert_close(image.affine_transform(X, transform)[0, :, :, 0], expected)


def test_elastic_transform_repeats_with_its_seed():
    a, b, c = (image.elastic_transform(X, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(a, b) and not torch.equal(a, c)


@pytest.mark.parametrize("call, error, words", [
    (lambda: image.affine_transform(X, torch.ones(1, 1, 8)), ValueError, "Invalid transform rank"),
    (lambda: image.affine_transform(X, PROJECTION, "cubic"), ValueError, "Received: 'cubic'"),
    (lambda: image.affine_transform(X, PROJECTION, fill_mode="edge"), ValueError, "Received: 'edge'"),
    (lambda: image.perspective_transform(X, CORNERS[:3], CORNERS), ValueError, r"start_points.shape=\(3, 2\)"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
