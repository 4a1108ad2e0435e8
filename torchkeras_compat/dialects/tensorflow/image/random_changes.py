"""Images changed at random: with the numbers that go on from call to call, or those of a seed."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.image import adjusting
from torchkeras_compat.dialects.tensorflow.image.batches import as_batch
from torchkeras_compat.dialects.tensorflow.operands import tensor
from torchkeras_compat.dialects.tensorflow.random.seeds import generator_of, stateless_generator
from torchkeras_compat.dialects.tensorflow.random.stateful import crop_at_random

_CPU = torch.device("cpu")
Draw = torch.Generator | None


def _number(low: Any, high: Any, draw: Draw) -> float:
    return float(low) + (float(high) - float(low)) * float(torch.rand((), device="cpu", generator=draw))


def _brightness(image: Any, max_delta: Any, draw: Draw) -> torch.Tensor:
    if float(max_delta) < 0:
        raise ValueError(f"max_delta must be non-negative. Received: {max_delta}")
    found: torch.Tensor = _plain(adjusting.adjust_brightness)(image, _number(-max_delta, max_delta, draw))
    return found


def _contrast(image: Any, lower: Any, upper: Any, draw: Draw) -> torch.Tensor:
    _check_range(lower, upper)
    found: torch.Tensor = _plain(adjusting.adjust_contrast)(image, _number(lower, upper, draw))
    return found


def _hue(image: Any, max_delta: Any, draw: Draw) -> torch.Tensor:
    if not 0 <= float(max_delta) <= 0.5:
        raise ValueError(f"max_delta must lie in [0, 0.5]. Received: {max_delta}")
    found: torch.Tensor = _plain(adjusting.adjust_hue)(image, _number(-max_delta, max_delta, draw))
    return found


def _saturation(image: Any, lower: Any, upper: Any, draw: Draw) -> torch.Tensor:
    _check_range(lower, upper)
    found: torch.Tensor = _plain(adjusting.adjust_saturation)(image, _number(lower, upper, draw))
    return found


def _quality(image: Any, lowest: Any, highest: Any, draw: Draw) -> torch.Tensor:
    if not 0 <= lowest < highest <= 100:
        raise ValueError(f"JPEG qualities must be in order within [0, 100]. Received: {lowest} and {highest}")
    quality = int(torch.randint(int(lowest), int(highest), (), device="cpu", generator=draw))
    found: torch.Tensor = _plain(adjusting.adjust_jpeg_quality)(image, quality)
    return found


def _flip(image: Any, axis: int, draw: Draw, name: str) -> torch.Tensor:
    x, restore = as_batch(image, name)
    turned = torch.rand((len(x), 1, 1, 1), device="cpu", generator=draw) < 0.5
    return restore(torch.where(turned.to(x.device), x.flip(axis), x))


def _check_range(lower: Any, upper: Any) -> None:
    if not 0 <= float(lower) < float(upper):
        raise ValueError(f"lower must be non-negative and below upper. Received: {lower} and {upper}")


def _plain(function: Any) -> Any:
    return function.__wrapped__


@tensor_function
def random_brightness(image: Any, max_delta: Any, seed: int | None = None) -> torch.Tensor:
    """Return images with a number from ``[-max_delta, max_delta)`` added.

    Raises:
        ValueError: ``max_delta`` is negative.
    """
    return _brightness(image, max_delta, generator_of(seed, _CPU))


@tensor_function
def stateless_random_brightness(image: Any, max_delta: Any, seed: Any) -> torch.Tensor:
    """Return images with a number from ``[-max_delta, max_delta)`` added,
    the same for the same seed of two integers.

    Raises:
        ValueError: ``max_delta`` is negative.
        InvalidArgumentError: the seed has not two integers.
    """
    return _brightness(image, max_delta, stateless_generator(seed, _CPU))


@tensor_function
def random_contrast(image: Any, lower: Any, upper: Any, seed: int | None = None) -> torch.Tensor:
    """Return images with their contrast scaled by a number from ``[lower, upper)``.

    Raises:
        ValueError: the bounds are not in order from 0 on.
    """
    return _contrast(image, lower, upper, generator_of(seed, _CPU))


@tensor_function
def stateless_random_contrast(image: Any, lower: Any, upper: Any, seed: Any) -> torch.Tensor:
    """Return images with their contrast scaled by a number from ``[lower, upper)``,
    the same for the same seed of two integers.

    Raises:
        ValueError: the bounds are not in order from 0 on.
        InvalidArgumentError: the seed has not two integers.
    """
    return _contrast(image, lower, upper, stateless_generator(seed, _CPU))


@tensor_function
def random_hue(image: Any, max_delta: Any, seed: int | None = None) -> torch.Tensor:
    """Return images with their hue turned by a number from ``[-max_delta, max_delta)``.

    Raises:
        ValueError: ``max_delta`` does not lie in ``[0, 0.5]``.
    """
    return _hue(image, max_delta, generator_of(seed, _CPU))


@tensor_function
def stateless_random_hue(image: Any, max_delta: Any, seed: Any) -> torch.Tensor:
    """Return images with their hue turned by a number from ``[-max_delta, max_delta)``,
    the same for the same seed of two integers.

    Raises:
        ValueError: ``max_delta`` does not lie in ``[0, 0.5]``.
        InvalidArgumentError: the seed has not two integers.
    """
    return _hue(image, max_delta, stateless_generator(seed, _CPU))


@tensor_function
def random_saturation(image: Any, lower: Any, upper: Any, seed: int | None = None) -> torch.Tensor:
    """Return images with their saturation scaled by a number from ``[lower, upper)``.

    Raises:
        ValueError: the bounds are not in order from 0 on.
    """
    return _saturation(image, lower, upper, generator_of(seed, _CPU))


@tensor_function
def stateless_random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> torch.Tensor:
    """Return images with their saturation scaled by a number from ``[lower, upper)``,
    the same for the same seed of two integers.

    Raises:
        ValueError: the bounds are not in order from 0 on.
        InvalidArgumentError: the seed has not two integers.
    """
    return _saturation(image, lower, upper, stateless_generator(seed, _CPU))


@tensor_function
def random_jpeg_quality(
    image: Any, min_jpeg_quality: Any, max_jpeg_quality: Any, seed: int | None = None
) -> torch.Tensor:
    """Return an image written as JPEG of a quality between the bounds, and read again.

    Raises:
        ValueError: the bounds are not in order within ``[0, 100]``.
    """
    return _quality(image, min_jpeg_quality, max_jpeg_quality, generator_of(seed, _CPU))


@tensor_function
def stateless_random_jpeg_quality(image: Any, min_jpeg_quality: Any, max_jpeg_quality: Any, seed: Any) -> torch.Tensor:
    """Return an image written as JPEG of a quality between the bounds, and read again,
    the same for the same seed of two integers.

    Raises:
        ValueError: the bounds are not in order within ``[0, 100]``.
        InvalidArgumentError: the seed has not two integers.
    """
    return _quality(image, min_jpeg_quality, max_jpeg_quality, stateless_generator(seed, _CPU))


@tensor_function
def random_flip_left_right(image: Any, seed: int | None = None) -> torch.Tensor:
    """Return images, each of them mirrored from side to side with probability 1/2.

    Raises:
        ValueError: there are neither three nor four axes.
    """
    return _flip(image, 2, generator_of(seed, _CPU), "random_flip_left_right")


@tensor_function
def stateless_random_flip_left_right(image: Any, seed: Any) -> torch.Tensor:
    """Return images, each of them mirrored from side to side with probability 1/2,
    the same for the same seed of two integers.

    Raises:
        ValueError: there are neither three nor four axes.
        InvalidArgumentError: the seed has not two integers.
    """
    return _flip(image, 2, stateless_generator(seed, _CPU), "random_flip_left_right")


@tensor_function
def random_flip_up_down(image: Any, seed: int | None = None) -> torch.Tensor:
    """Return images, each of them upside down with probability 1/2.

    Raises:
        ValueError: there are neither three nor four axes.
    """
    return _flip(image, 1, generator_of(seed, _CPU), "random_flip_up_down")


@tensor_function
def stateless_random_flip_up_down(image: Any, seed: Any) -> torch.Tensor:
    """Return images, each of them upside down with probability 1/2,
    the same for the same seed of two integers.

    Raises:
        ValueError: there are neither three nor four axes.
        InvalidArgumentError: the seed has not two integers.
    """
    return _flip(image, 1, stateless_generator(seed, _CPU), "random_flip_up_down")


@tensor_function
def stateless_random_crop(value: Any, size: Any, seed: Any, name: str | None = None) -> torch.Tensor:
    """Return a part of a size at a place that the seed of two integers determines.

    Raises:
        InvalidArgumentError: the size exceeds the tensor, or the seed has not two integers.
    """
    return crop_at_random(tensor(value), size, stateless_generator(seed, _CPU))
