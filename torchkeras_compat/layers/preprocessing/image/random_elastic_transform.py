"""`RandomElasticTransform`: images bent at random while training."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import probability_range, value_range_of
from torchkeras_compat.layers.preprocessing.image.geometric_layer import FILL_MODES, GeometricLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.layout import channels_first
from torchkeras_compat.ops.image.warping import read_at
from torchkeras_compat.random.continuous_distributions import normal
from torchkeras_compat.random.seed_generator import Seed, SeedGenerator


class RandomElasticTransform(GeometricLayer):
    """Moves the pixels of some images smoothly back and forth while training; masks with them.

    Shifts are normally distributed noise, smoothed with a standard deviation of ``0.05 d`` of the shorter side, and
    ``0.028 d`` of the longer side large (their standard deviation), where ``d`` is drawn from ``scale``.

    Args:
        factor: Range of the probability that an image is bent, ``(low, high)`` within [0, 1], or a number for
            ``(0, number)``.
        scale: Range of the strength, likewise.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: What lies outside: ``"reflect"``, ``"wrap"``, ``"constant"``, ``"nearest"`` or ``"mirror"``.
        fill_value: The constant for ``fill_mode="constant"``.
        value_range: Lowest and highest value of a pixel.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        NotImplementedError: ``fill_mode`` or ``interpolation`` is unknown; bounding boxes are given, which bent pixels
            do not leave boxes.
        ValueError: another argument is not as above.

    Example:
        >>> RandomElasticTransform(scale=0.5)(torch.ones(2, 8, 8, 3)).shape
        torch.Size([2, 8, 8, 3])

    Source: Simard et al. 2003, section 2, with the strengths of Keras 3.15, which draws one for all images of a batch.
    """

    _fill_modes = (*FILL_MODES, "mirror")

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            fill_mode=fill_mode,
            interpolation=interpolation,
            seed=seed,
            fill_value=fill_value,
            data_format=data_format,
            **kwargs,
        )
        self.factor = probability_range(factor)
        self.scale = probability_range(scale, "scale")
        self.value_range = value_range_of(value_range)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw which images are bent, how strongly, and the shifts ``(batch, 2, height, width)``; None unless training.

        The shifts are in pixels, first those to the right.
        """
        if not training:
            return None
        source, size = self._source(seed), self._size(self._images_shape(data))
        probability = self._draw(data, *self.factor, seed=source)
        applies = self._draw(data, 0.0, 1.0, source) < probability
        strength = self._draw(data, *self.scale, seed=source)
        return {
            "apply_transform": applies,
            "distortion_factor": strength,
            "shifts": _shifts(strength, size, source),
        }

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> torch.Tensor:
        """Return the images bent, within ``value_range``."""
        x = self._as_floats(images)
        if not training or transformation is None:
            return x
        return self._bent(x, transformation, self.interpolation).clamp(*self.value_range)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> torch.Tensor:
        """Return the masks bent as the images are, without mixing classes."""
        x: torch.Tensor = convert_to_tensor(segmentation_masks)
        return x if not training or transformation is None else self._bent(x, transformation, "nearest")

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> NoReturn:
        """Refuse them."""
        raise NotImplementedError(
            "RandomElasticTransform does not carry bounding boxes along: bent boxes are not boxes. Leave "
            "'bounding_boxes' out of the dictionary, or use RandomShear or RandomPerspective."
        )

    def _bent(self, images: torch.Tensor, transformation: Any, interpolation: str) -> torch.Tensor:
        x, restore = channels_first(images, self.data_format)
        height, width = x.shape[2:]
        shifts = transformation.get("shifts")
        if shifts is None:  # Keras's own dictionary has the seed of the noise
            strength = convert_to_tensor(transformation["distortion_factor"]).float().reshape(-1).expand(len(x))
            seed = transformation["seed"]
            shifts = _shifts(strength, (height, width), SeedGenerator(seed) if isinstance(seed, int) else seed)
        right, down = convert_to_tensor(shifts).to(x.device).unbind(1)
        columns = torch.arange(width, device=x.device) + right
        rows = torch.arange(height, device=x.device).reshape(-1, 1) + down
        bent = read_at(x, rows, columns, interpolation, self.fill_mode, self.fill_value)
        applies = convert_to_tensor(transformation["apply_transform"]).to(x.device).bool().reshape(-1, 1, 1, 1)
        done: torch.Tensor = restore(torch.where(applies, bent, x))
        return done

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "interpolation": self.interpolation,
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "value_range": self.value_range,
            "seed": self.seed,
        }


def _shifts(strength: torch.Tensor, size: tuple[int, int], source: Seed) -> torch.Tensor:
    """Return smooth random shifts in pixels, ``(batch, 2, height, width)``, with one strength for each image.

    They are smoothed by their frequencies, since the windows would differ in size.
    """
    height, width = size
    noise = normal((len(strength), 2, height, width), dtype="float32", seed=source).to(strength.device)
    if not len(noise):  # of which there is no transform
        return noise
    strength = strength.to(noise.dtype).reshape(-1, 1, 1, 1)
    deviation = 0.05 * min(size) * strength
    down = torch.fft.fftfreq(height, device=noise.device).reshape(-1, 1)
    right = torch.fft.rfftfreq(width, device=noise.device)
    passes = torch.exp(-2 * math.pi**2 * deviation**2 * (down**2 + right**2))
    smooth = torch.fft.irfft2(torch.fft.rfft2(noise) * passes, s=size)
    shifts: torch.Tensor = 0.1 * max(size) * strength * deviation * smooth
    return shifts
