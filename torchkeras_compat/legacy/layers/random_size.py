"""`RandomHeight` and `RandomWidth` of tf.keras: images of random sizes while training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.image.resizing import resize
from torchkeras_compat.outside_graphs import outside_graphs
from torchkeras_compat.random.seed_generator import SeedGenerator, torch_generator

_INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")


class _RandomSize(Layer):
    """Base of both: the axis is -3 or -2."""

    _takes_integers = False
    _axis: int
    seed_generator: SeedGenerator

    def __init__(
        self, factor: float | Sequence[float], interpolation: str = "bilinear", seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        limits = (-factor, factor) if isinstance(factor, (int, float)) else tuple(factor)
        if len(limits) != 2 or limits[1] < limits[0]:
            raise ValueError(f"`factor` is a number, or a lower and an upper limit. Received: factor={factor}")
        if limits[0] <= -1.0:
            raise ValueError(
                f"`factor` must be above -1, where nothing is left of the images. Received: factor={factor}"
            )
        if interpolation not in _INTERPOLATIONS:
            raise ValueError(f"`interpolation` is one of {_INTERPOLATIONS}. Received: interpolation={interpolation!r}")
        self.factor = factor if isinstance(factor, (int, float)) else limits
        self.interpolation = interpolation
        self.seed = seed
        self._limits = limits
        self.seed_generator = SeedGenerator(seed)
        self.input_spec = InputSpec(min_ndim=3, max_ndim=4)
        self._skip_building()

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Resize one axis if ``training``, by one random factor for the whole batch."""
        if not training:
            return inputs
        lower, upper = self._limits
        seed = self.seed_generator if self.seed is not None else None
        drawn = (_draw_outside if torch.compiler.is_dynamo_compiling() else _draw)(seed)
        size = [inputs.shape[-3], inputs.shape[-2]]
        size[self._axis + 3] = max(1, int(size[self._axis + 3] * (1.0 + lower + (upper - lower) * drawn)))
        resized: torch.Tensor = resize(
            inputs, tuple(size), interpolation=self.interpolation, data_format="channels_last"
        )
        return resized.to(inputs.dtype)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output, whose resized axis is not known."""
        shape = list(input_shape)
        shape[self._axis] = None
        return tuple(shape)

    def get_config(self) -> dict[str, Any]:
        own = {"factor": self.factor, "interpolation": self.interpolation, "seed": self.seed}
        return {**super().get_config(), **own}


def _draw(seed: SeedGenerator | None) -> float:
    generator: Any = torch_generator(seed, torch.device("cpu"))
    return float(torch.rand((), generator=generator, device="cpu"))  # of the host: nothing waits for a device


_draw_outside = outside_graphs(
    "RandomHeight and RandomWidth make images of another size in each call, which Python chooses. Leave"
    " `fullgraph=True` out, or resize the images before the compiled model"
)(_draw)


class RandomHeight(_RandomSize):
    """Resizes images to a random height while training, all of a batch to the same.

    Args:
        factor: How much is added, as a fraction of the height: a lower and an upper limit, or one number for both
            directions. ``0.2`` is ``(-0.2, 0.2)``.
        interpolation: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        seed: Int for a reproducible stream of sizes; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        The same with a random height.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> RandomHeight((0.5, 0.5))(torch.ones(2, 4, 4, 3), training=True).shape
        torch.Size([2, 6, 4, 3])

    Source: TensorFlow 2.15 API, keras/layers/RandomHeight.
    """

    _axis = -3


class RandomWidth(_RandomSize):
    """Resizes images to a random width while training; the arguments are those of `RandomHeight`.

    Args:
        factor: How much is added, as a fraction of the width.
        interpolation: As for `RandomHeight`.
        seed: Int, or None.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: an argument is not valid.

    Example:
        >>> RandomWidth((0.5, 0.5))(torch.ones(2, 4, 4, 3), training=True).shape
        torch.Size([2, 4, 6, 3])

    Source: TensorFlow 2.15 API, keras/layers/RandomWidth.
    """

    _axis = -2
