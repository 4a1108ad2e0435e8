"""Inception-v3: branches of small, factorized convolutions beside each other."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.applications.architectures.inception_branches import (
    AVERAGE,
    MAXIMUM,
    STEM,
    Branch,
    Conv,
    Fork,
    followed,
    halving,
    joined,
)
from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import published_weights
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_FILE = "inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels{}.h5"
_HASHES = ("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63")  # with the top, without


def _with_fives(pooled: int) -> tuple[Branch, ...]:
    """Branches with a window of five, and of two of three behind each other; ``pooled`` channels of the averages."""
    return (
        (Conv(64),),
        (Conv(48), Conv(64, 5)),
        (Conv(64), Conv(96, 3), Conv(96, 3)),
        (AVERAGE, Conv(pooled)),
    )


def _with_sevens(inner: int) -> tuple[Branch, ...]:
    """Branches with windows of seven, each as a row and a column; ``inner`` channels between them."""
    row, column = (1, 7), (7, 1)
    twice = (Conv(inner), Conv(inner, column), Conv(inner, row), Conv(inner, column), Conv(192, row))
    return (
        (Conv(192),),
        (Conv(inner), Conv(inner, row), Conv(192, column)),
        twice,
        (AVERAGE, Conv(192)),
    )


def _with_forks(first_fork: str) -> tuple[Branch, ...]:
    """Branches that end in a row and a column of three beside each other."""
    ends = (Conv(384, (1, 3)), Conv(384, (3, 1)))
    return (
        (Conv(320),),
        (Conv(384), Fork(ends, first_fork)),
        (Conv(448), Conv(384, 3), Fork(ends)),
        (AVERAGE, Conv(192)),
    )


_BLOCKS: dict[str, tuple[Branch, ...]] = {
    "mixed0": _with_fives(32),
    "mixed1": _with_fives(64),
    "mixed2": _with_fives(64),
    "mixed3": ((halving(384),), (Conv(64), Conv(96, 3), halving(96)), (MAXIMUM,)),
    "mixed4": _with_sevens(128),
    "mixed5": _with_sevens(160),
    "mixed6": _with_sevens(160),
    "mixed7": _with_sevens(192),
    "mixed8": (
        (Conv(192), halving(320)),
        (Conv(192), Conv(192, (1, 7)), Conv(192, (7, 1)), halving(192)),
        (MAXIMUM,),
    ),
    "mixed9": _with_forks("mixed9_0"),
    "mixed10": _with_forks("mixed9_1"),
}


def InceptionV3(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "inception_v3",
) -> Functional:
    """Return the network of factorized Inception modules of Szegedy et al.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 299 by 299 by default, at least 75
    by 75, and scaled by ``inception_v3.preprocess_input``.

    Example:
        >>> InceptionV3(weights=None, include_top=False, input_shape=(75, 75, 3)).output_shape
        (None, 1, 1, 2048)

    Source: Keras API, applications/inceptionv3. Szegedy et al. 2016, "Rethinking the Inception Architecture for
    Computer Vision", table 1.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    frame = ModelFrame(*common, default_size=299, min_size=75)
    x = followed(frame.images, STEM, frame.channel_axis)
    for block, branches in _BLOCKS.items():
        x = joined(x, branches, frame.channel_axis, block)
    if frame.include_top:
        x = frame.classified(GlobalAveragePooling2D(name="avg_pool")(x))
    else:
        x = frame.pooled(x)
    return frame.model(
        x,
        published=lambda: published_weights(
            _FILE.format("" if frame.include_top else "_notop"), _HASHES[not frame.include_top]
        ),
        torchvision="its inception_v3 scales in batch normalization and counts the border in its averages",
    )
