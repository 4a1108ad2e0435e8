"""Initializers whose spread follows from the shape of the weight."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.initializers.random import RandomInitializer
from torchkeras_compat.random.continuous_distributions import normal, truncated_normal, uniform

# Standard deviation of the unit normal cut at two standard deviations.
_TRUNCATED_STDDEV = 0.87962566103423978


def compute_fans(
    shape: Sequence[int], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """Return how many values go in and out of one unit, for a weight of a Keras-layout shape.

    Args:
        shape: Shape.
        input_axes: Axes of the inputs; None, as for ``output_axes``, for the one before the last.
        output_axes: Axes of the outputs; None, as for ``input_axes``, for the last.

    Raises:
        ValueError: ``shape`` has no such axis.

    Example:
        >>> compute_fans((3, 3, 8, 16))
        (72, 144)
        >>> compute_fans((512, 8, 64), [0], [1, 2])
        (512, 512)
    """
    shape = tuple(shape)
    if input_axes is not None and output_axes is not None:
        for name, axes in (("input_axes", input_axes), ("output_axes", output_axes)):
            if any(not -len(shape) <= axis < len(shape) for axis in axes):
                raise ValueError(f"A weight of shape {shape} lacks an axis of {name}={list(axes)}.")
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 1:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def _checked_axes(name: str, axes: Sequence[int] | None) -> Sequence[int] | None:
    if axes is not None and not (isinstance(axes, (list, tuple)) and all(isinstance(axis, int) for axis in axes)):
        raise ValueError(f"`{name}` must be a list of axes or None. Received: {name}={axes!r}")
    return axes


class VarianceScaling(RandomInitializer):
    """Variance ``scale / n``, with ``n`` the fan in, the fan out or their mean.

    Args:
        scale: Positive factor.
        mode: ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``.
        distribution: ``"truncated_normal"``, ``"untruncated_normal"`` or ``"uniform"``.
        seed: Int, `SeedGenerator` or None.
        input_axes: Axes that the fan in counts, together with ``output_axes``; None for those of a dense or
            convolution kernel.
        output_axes: Axes that the fan out counts.

    Raises:
        ValueError: ``scale`` is not positive, or ``mode`` or ``distribution`` is unknown.

    Example:
        >>> VarianceScaling(seed=1)((4, 2)).shape
        torch.Size([4, 2])

    Source: Keras API, initializers/VarianceScaling; Glorot and Bengio 2010; He et al. 2015.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be positive float. Received: scale={scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"Invalid `mode` argument: {mode}. Please use one of 'fan_in', 'fan_out', 'fan_avg'.")
        distribution = str(distribution).lower()
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise ValueError(
                f"Invalid `distribution` argument: {distribution}. Please use one of 'uniform', 'truncated_normal',"
                " 'untruncated_normal'."
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = _checked_axes("input_axes", input_axes)
        self.output_axes = _checked_axes("output_axes", output_axes)
        if (input_axes is None) != (output_axes is None):
            raise ValueError(
                "`input_axes` and `output_axes` go together. Received: "
                f"input_axes={input_axes}, output_axes={output_axes}. Give both, or none."
            )
        super().__init__(seed)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return uniform(shape, -limit, limit, dtype=dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return normal(shape, 0.0, math.sqrt(variance), dtype=dtype, seed=self.seed)
        return truncated_normal(shape, 0.0, math.sqrt(variance) / _TRUNCATED_STDDEV, dtype=dtype, seed=self.seed)

    def for_axes(self, input_axes: Sequence[int], output_axes: Sequence[int]) -> VarianceScaling:
        """Return this initializer for weights with these axes, itself if it has some already.

        The copy shares the seed.

        Args:
            input_axes: Axes that the fan in counts.
            output_axes: Axes that the fan out counts.

        Example:
            >>> LecunNormal(seed=1).for_axes([0], [1, 2])((400, 8, 64)).std() < 0.06
            tensor(True)
        """
        if self.input_axes is not None:
            return self
        given = copy.copy(self)
        given.input_axes, given.output_axes = list(input_axes), list(output_axes)
        return given

    def get_config(self) -> dict[str, Any]:
        own = {"scale": self.scale, "mode": self.mode, "distribution": self.distribution}
        return {**super().get_config(), **own, "input_axes": self.input_axes, "output_axes": self.output_axes}


def for_axes(initializer: Any, input_axes: Sequence[int], output_axes: Sequence[int]) -> Any:
    """Return an initializer for weights with these axes: :meth:`VarianceScaling.for_axes`; any other as it is."""
    if isinstance(initializer, VarianceScaling):
        return initializer.for_axes(input_axes, output_axes)
    return initializer


class _Named(VarianceScaling):
    """A published choice of scale, mode and distribution; only the seed is left to say."""

    _choice: tuple[float, str, str] = (1.0, "fan_in", "truncated_normal")

    def __init__(
        self, seed: Any = None, input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
    ) -> None:
        scale, mode, distribution = self._choice
        super().__init__(scale, mode, distribution, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        axes = {"input_axes": self.input_axes, "output_axes": self.output_axes}
        return {**RandomInitializer.get_config(self), **axes}


class GlorotUniform(_Named):
    """Uniform in ``±sqrt(6 / (fan_in + fan_out))`` (Glorot and Bengio 2010, eq. 16)."""

    _choice = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Named):
    """Truncated normal of variance ``2 / (fan_in + fan_out)`` (Glorot and Bengio 2010)."""

    _choice = (1.0, "fan_avg", "truncated_normal")


class HeNormal(_Named):
    """Truncated normal of variance ``2 / fan_in`` (He et al. 2015)."""

    _choice = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Named):
    """Uniform in ``±sqrt(6 / fan_in)`` (He et al. 2015)."""

    _choice = (2.0, "fan_in", "uniform")


class LecunNormal(_Named):
    """Truncated normal of variance ``1 / fan_in`` (LeCun et al. 1998)."""

    _choice = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Named):
    """Uniform in ``±sqrt(3 / fan_in)`` (LeCun et al. 1998)."""

    _choice = (1.0, "fan_in", "uniform")
