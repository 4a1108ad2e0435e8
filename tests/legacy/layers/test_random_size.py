"""`RandomHeight` and `RandomWidth`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.random_size import RandomHeight, RandomWidth

IMAGES = torch.arange(2 * 10 * 8 * 1.0).reshape(2, 10, 8, 1)


def test_sizes_lie_within_the_limits() -> None:
    layer = RandomHeight((-0.3, 0.5), seed=1)
    sizes = {layer(IMAGES, training=True).shape[1] for _ in range(30)}
    assert min(sizes) >= 7 and max(sizes) <= 15 and len(sizes) > 3
    assert RandomWidth(0.5, seed=1)(IMAGES, training=True).shape[1] == 10


def test_a_seed_gives_the_same_sizes_again() -> None:
    first, second = (RandomWidth(0.5, seed=3) for _ in range(2))
    for _ in range(3):
        assert torch.equal(first(IMAGES, training=True), second(IMAGES, training=True))


def test_images_stay_as_they_are_in_inference() -> None:
    assert RandomHeight(0.5)(IMAGES) is IMAGES
    assert RandomHeight((0.5, 0.5))(IMAGES[0], training=True).shape == (15, 8, 1)


def test_the_size_is_not_known_beforehand() -> None:
    assert RandomHeight(0.2).compute_output_shape((None, 4, 4, 3)) == (None, None, 4, 3)
    assert RandomWidth(0.2).compute_output_shape((None, 4, 4, 3)) == (None, 4, None, 3)


def test_round_trip(tmp_path: Path) -> None:
    check_round_trip(RandomHeight((0.1, 0.2), "nearest", seed=2), IMAGES, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"factor": (0.5, 0.1)}, r"factor=\(0.5, 0.1\)"),
        ({"factor": -1.5}, "factor=-1.5"),
        ({"factor": (-1.0, 0.1)}, "above -1"),
        ({"factor": 0.1, "interpolation": "x"}, "interpolation='x'"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        RandomHeight(**arguments)
