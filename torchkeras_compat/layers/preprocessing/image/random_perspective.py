"""`RandomPerspective`: images seen from somewhere else, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import is_number, probability_range
from torchkeras_compat.layers.preprocessing.image.geometric_layer import GeometricLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.warping import projection_system
from torchkeras_compat.random.seed_generator import Seed

_IDENTITY = torch.tensor([1.0, 0, 0, 0, 1, 0, 0, 0], device="cpu")


class RandomPerspective(GeometricLayer):
    """Moves the corners of some images while training, and what is between them as a projection does.

    The upper left corner stays. Boxes and masks move with the pixels.

    Args:
        factor: Range of the probability that an image changes, ``(low, high)`` within [0, 1], or a number for
            ``(0, number)``.
        scale: How far corners move, in [0, 1]: up to ``scale / 2`` of the width and of the height, in or out.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_value: What lies outside.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        NotImplementedError: ``interpolation`` is unknown.
        ValueError: another argument is not as above.

    Example:
        >>> RandomPerspective((1.0, 1.0), scale=0.5)(torch.ones(2, 8, 8, 3)).shape
        torch.Size([2, 8, 8, 3])

    Source: Keras API, layers/RandomPerspective; the projection is in Heckbert 1989, section 2.2.
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            fill_mode="constant",
            interpolation=interpolation,
            seed=seed,
            fill_value=fill_value,
            data_format=data_format,
            **kwargs,
        )
        self.factor = probability_range(factor)
        if not is_number(scale) or not 0 <= scale <= 1:
            raise ValueError(f"The `scale` argument should be a number in the range [0, 1]. Received: scale={scale!r}")
        self.scale = scale

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw which images change, and where the corners of each go, ``(batch, 4, 2)``; None unless ``training``."""
        if not training:
            return None
        shape, source = self._images_shape(data), self._source(seed)
        height, width = self._size(shape)
        probability = self._draw(data, *self.factor, seed=source)
        applies = self._draw(data, 0.0, 1.0, source) < probability
        growth = 1 + self._draw(data, -self.scale / 2, self.scale / 2, source, (4, 2))
        right, bottom = (float(max(n - 1, 1)) for n in (width, height))  # one pixel has corners, too
        corners = torch.tensor([[0.0, 0.0], [right, 0.0], [0.0, bottom], [right, bottom]], device="cpu")
        corners = corners.to(growth, non_blocking=True)  # a tensor made on a device waits for it
        return {
            "apply_perspective": applies,
            "start_points": corners.expand(growth.shape),
            "end_points": corners * growth,
            "input_shape": shape,
        }

    def _reading(self, transformation: Any, like: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        return self._projection(transformation, like, "end_points", "start_points")

    @staticmethod
    def _projection(transformation: Any, like: torch.Tensor, source: str, target: str) -> torch.Tensor:
        """Return the projection ``(batch, 8)`` that takes some corners to others, and leaves the other images alone."""
        corners = [
            convert_to_tensor(transformation[name]).to(like.device, torch.float64).reshape(-1, 4, 2)
            for name in (target, source)
        ]
        numbers = torch.linalg.solve_ex(*projection_system(*corners))[0].to(like)  # unlike `solve` never waits
        applies = convert_to_tensor(transformation["apply_perspective"]).to(like.device).bool().reshape(-1, 1)
        return torch.where(applies, numbers, _IDENTITY.to(numbers, non_blocking=True))

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Return the boxes around the moved corners, clipped to the image."""
        if not training or transformation is None:
            return bounding_boxes
        size = self._transformed_size(transformation)
        boxes, labels = self._box_corners(bounding_boxes, size)
        flat = boxes if boxes.ndim == 3 else boxes[None]
        numbers = self._projection(transformation, boxes, "start_points", "end_points")
        a0, a1, a2, b0, b1, b2, c0, c1 = numbers[:, None, None, :].unbind(-1)
        x, y = flat[..., [0, 2, 2, 0]], flat[..., [1, 1, 3, 3]]
        k = c0 * x + c1 * y + 1
        x, y = (a0 * x + a1 * y + a2) / k, (b0 * x + b1 * y + b2) / k
        moved = torch.stack([x.amin(-1), y.amin(-1), x.amax(-1), y.amax(-1)], dim=-1).reshape(boxes.shape)
        return self._boxes_back(bounding_boxes, moved, labels, size)

    def _transformed_size(self, transformation: Any) -> tuple[int, int]:
        height, width = (int(n) for n in self._size(tuple(transformation["input_shape"])))
        return height, width

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "interpolation": self.interpolation,
            "fill_value": self.fill_value,
            "seed": self.seed,
        }
