"""`RandomGaussianBlur`: images blurred at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import probability_range
from torchkeras_compat.layers.preprocessing.image.color_layer import ColorLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed

_FAR = 38  # exp(-38**2 / 2) is 0 in every dtype, and no deviation is larger than 1


class RandomGaussianBlur(ColorLayer):
    """Averages the pixels around each one of some images while training, with the weights of a normal distribution.

    Zeros lie outside. Labels, boxes and masks stay.

    Args:
        factor: Range of the probability that an image is blurred, ``(low, high)`` within [0, 1], or a number for
            ``(0, number)``.
        kernel_size: Columns and rows of the window, odd ints, or one for both.
        sigma: Range of the standard deviation in pixels, likewise within [0, 1]; along columns and rows it differs.
        value_range: Lowest and highest value of a pixel.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> layer = RandomGaussianBlur(kernel_size=3)
        >>> drawn = {"should_apply_blur": [True], "blur_factor": [[1.0, 1.0]]}
        >>> layer.transform_images(torch.full((1, 3, 3, 1), 100.0), drawn)[0, 1, 1]
        tensor([100.])

    Source: Keras API, layers/RandomGaussianBlur. Keras 3.15 blurs all images of a batch alike.
    """

    def __init__(
        self,
        factor: Any = 1.0,
        kernel_size: Any = 3,
        sigma: Any = 1.0,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range=value_range, seed=seed, data_format=data_format, **kwargs)
        self.factor = probability_range(factor)
        self.kernel_size = _odd_sizes(kernel_size)
        self.sigma = probability_range(sigma, "sigma")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw which images are blurred, and two deviations for each, ``(batch, 2)``; None unless ``training``."""
        if not training:
            return None
        source = self._source(seed)
        probability = self._draw(data, *self.factor, seed=source)
        applies = self._draw(data, 0.0, 1.0, source) < probability
        return {"should_apply_blur": applies, "blur_factor": self._draw(data, *self.sigma, source, (2,))}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        deviations = convert_to_tensor(transformation["blur_factor"]).to(x).reshape(-1, 2)
        blurred = x
        for axis, size, deviation in zip((self._width_axis, self._height_axis), self.kernel_size, deviations.unbind(1)):
            blurred = _averaged(blurred, axis, size, deviation)
        applies = self._of_each(transformation["should_apply_blur"], x)
        return self._in_value_range(torch.where(applies.bool(), blurred, x))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "kernel_size": self.kernel_size,
            "sigma": self.sigma,
            "value_range": self.value_range,
            "seed": self.seed,
        }


def _odd_sizes(kernel_size: Any) -> tuple[int, int]:
    sizes = tuple(kernel_size) if isinstance(kernel_size, (list, tuple)) else (kernel_size, kernel_size)
    if len(sizes) != 2 or not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 and n % 2 for n in sizes):
        raise ValueError(
            f"`kernel_size` must be an odd number, or two: columns and rows. Received: kernel_size={kernel_size}"
        )
    return sizes[0], sizes[1]


def _averaged(x: torch.Tensor, axis: int, size: int, deviation: torch.Tensor) -> torch.Tensor:
    """Return the weighted means along an axis, over windows of a size, with one deviation for each image."""
    offsets = torch.arange(min(size // 2, _FAR) + 1, device=x.device, dtype=x.dtype)
    # A deviation of 0 leaves the image as it is.
    weights = torch.exp(-0.5 * (offsets / deviation.clamp_min(1e-6).unsqueeze(-1)) ** 2)  # (batch, offsets)
    weights = weights / (2 * weights.sum(1, keepdim=True) - weights[:, :1])
    middle, *others = weights.reshape(*weights.shape, *(1,) * (x.ndim - 1)).unbind(1)
    done, length = x * middle, x.shape[axis]
    for offset, weight in enumerate(others, start=1):
        if offset >= length:
            break
        rest = length - offset
        done.narrow(axis, offset, rest).add_(weight * x.narrow(axis, 0, rest))
        done.narrow(axis, 0, rest).add_(weight * x.narrow(axis, offset, rest))
    return done
