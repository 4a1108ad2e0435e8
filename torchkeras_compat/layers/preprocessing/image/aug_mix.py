"""`AugMix`: images blended with what several chains of operations make of them, while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import is_number
from torchkeras_compat.layers.preprocessing.image.augmenting_layer import OPERATIONS, AugmentingLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.continuous_distributions import beta, gamma
from torchkeras_compat.random.seed_generator import Seed

# What the paper leaves out, since its test images are corrupted by these.
_COLORING = ("random_brightness", "random_color_degeneration", "random_contrast", "random_sharpness")


class AugMix(AugmentingLayer):
    """Blends each image with a mean of what chains of operations make of it while training.

    The result is ``m x + (1 - m) (w_1 c_1(x) + w_2 c_2(x) + ...)`` with ``m`` from ``Beta(alpha, alpha)`` and the
    weights from ``Dirichlet(alpha, alpha, ...)``, both drawn for each image. Which operations a chain has is drawn for
    the batch, how strong they are for each image. Masks, of floats, become the same mean; labels and boxes stay.

    Args:
        value_range: Lowest and highest value of a pixel.
        num_chains: Number of chains, a positive int.
        chain_depth: The largest number of operations in a chain, which is drawn from 0 on.
        factor: Range of the strength, ``(low, high)`` within [0, 1], or a number for ``(0, number)``.
        alpha: Shape of the distributions, a positive number.
        all_ops: Whether there are also changes of brightness, color, contrast and sharpness.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, 3)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        NotImplementedError: ``interpolation`` is unknown.
        ValueError: another argument is not as above.

    Example:
        >>> AugMix(seed=1)(torch.zeros(2, 8, 8, 3)).shape
        torch.Size([2, 8, 8, 3])

    Source: Hendrycks et al. 2020, algorithm 1, with the operations of Keras.
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: Any = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            value_range=value_range,
            factor=factor,
            interpolation=interpolation,
            seed=seed,
            data_format=data_format,
            **kwargs,
        )
        for name, value, least in (("num_chains", num_chains, 1), ("chain_depth", chain_depth, 0)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"`{name}` must be an integer, {least} or more. Received: {name}={value!r}")
        if not is_number(alpha) or alpha <= 0:
            raise ValueError(f"`alpha` must be a positive number. Received: alpha={alpha!r}")
        self.num_chains, self.chain_depth = num_chains, chain_depth
        self.alpha, self.all_ops = alpha, all_ops

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw the weights of each image, and the operations of each chain; None unless ``training``."""
        if not training:
            return None
        source = self._source(seed)
        images = convert_to_tensor(data["images"] if isinstance(data, dict) else data)
        batch = 1 if self._is_single(data) else images.shape[0]
        parts = gamma((batch, self.num_chains), self.alpha, dtype="float32", seed=source).clamp_min(1e-30)
        own = beta((batch, 1, 1, 1), self.alpha, self.alpha, dtype="float32", seed=source)
        return {
            "chain_mixing_weights": (parts / parts.sum(1, keepdim=True)).to(images.device),
            "weight_sample": own.to(images.device),
            "chain_transforms": [self._chain(data, source) for _ in range(self.num_chains)],
        }

    def _chain(self, data: Any, source: Seed) -> list[dict[str, Any]]:
        names = [name for name in OPERATIONS if self.all_ops or name not in _COLORING]
        depth = self._choices(self.chain_depth + 1, 1, source)[0]
        chosen = [names[i] for i in self._choices(len(names), depth, source)]
        return [
            {"layer_name": name, "transformation": self._operation(name).get_random_transformation(data, seed=source)}
            for name in chosen
        ]

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images blended; as they are unless ``training``."""
        x: torch.Tensor = convert_to_tensor(images)
        if not training or transformation is None:
            return x
        return self._mixed("transform_images", x, transformation)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """Return the masks blended as the images are, which suits one channel for each class."""
        if not training or transformation is None:
            return segmentation_masks
        return self._mixed("transform_segmentation_masks", convert_to_tensor(segmentation_masks), transformation)

    def _mixed(self, method: str, images: torch.Tensor, transformation: Any) -> torch.Tensor:
        x = images.to(self._compute_torch_dtype)
        chains = transformation["chain_transforms"]
        weights = convert_to_tensor(transformation["chain_mixing_weights"]).to(x).reshape(-1, len(chains))
        mixed = torch.zeros_like(x)
        for chain, weight in zip(chains, weights.unbind(1)):
            y = x
            for step in chain:
                y = getattr(self._operation(step["layer_name"]), method)(y, step["transformation"])
            mixed = mixed + y.to(x.dtype) * weight.reshape(-1, 1, 1, 1)
        own = convert_to_tensor(transformation["weight_sample"]).to(x).reshape(-1, 1, 1, 1)
        done: torch.Tensor = own * x + (1 - own) * mixed
        return done

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "value_range": self.value_range,
            "num_chains": self.num_chains,
            "chain_depth": self.chain_depth,
            "factor": self.factor,
            "alpha": self.alpha,
            "all_ops": self.all_ops,
            "interpolation": self.interpolation,
            "seed": self.seed,
        }
