"""`Normalization`: features shifted and scaled to mean 0 and variance 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.overrides import overridable
from torchkeras_compat.variables import Variable

_broadcast_shapes: Callable[..., torch.Size] = torch.broadcast_shapes  # which torch does not annotate


class Normalization(Layer):
    """Computes ``(inputs - mean) / sqrt(variance)``, with statistics that are given or learned by :meth:`adapt`.

    Args:
        axis: Axis or axes with a mean and a variance for each position; None for one of each over everything.
        mean: The mean, a number or an array that broadcasts to the axes; None to learn it.
        variance: The variance, likewise; given together with ``mean``.
        invert: Whether to compute ``inputs * sqrt(variance) + mean`` instead.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ...)``; integers are cast to the compute dtype.

    Raises:
        ValueError: only one of ``mean`` and ``variance`` is given, or an axis is not there or has no known size.

    Example:
        >>> layer = Normalization()
        >>> layer.adapt(np.array([[1.0], [3.0]]))
        >>> layer(torch.tensor([[3.0]]))
        tensor([[1.]])

    Source: Keras API, layers/Normalization.
    """

    _takes_integers = False

    adapt_mean: Variable
    adapt_variance: Variable
    count: Variable
    _given_mean: torch.Tensor | None
    _given_variance: torch.Tensor | None
    _kept_axes: tuple[int, ...]  # those of `axis`, from 0 up
    _broadcast_shape: tuple[int, ...]

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None):
            raise ValueError(
                "When setting values directly, both `mean` and `variance` must be set. Received: "
                f"mean={mean} and variance={variance}"
            )
        self.invert = invert
        self.supports_masking = True
        self.input_mean = mean
        self.input_variance = variance
        self._given_mean = None if mean is None else convert_to_tensor(mean, self.variable_dtype)
        self._given_variance = None if variance is None else convert_to_tensor(variance, self.variable_dtype)

    def build(self, input_shape: Sequence[int | None]) -> None:
        rank = len(input_shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ValueError(
                f"All `axis` values must be in the range [-{rank}, {rank}). Received: axis={self.axis}, "
                f"inputs.shape={input_shape}"
            )
        kept = sorted(axis % rank for axis in self.axis)
        sizes: list[Any] = [input_shape[axis] for axis in kept]
        if None in sizes or len(set(kept)) < len(kept):
            raise ValueError(
                f"All `axis` values to be kept must be different and have a known size. Received axis={self.axis}, "
                f"inputs.shape={input_shape}, with unknown axis at index "
                f"{sizes.index(None) if None in sizes else kept}."
            )
        self._kept_axes = tuple(kept)
        size_of = dict(zip(kept, sizes, strict=True))
        self._broadcast_shape = tuple(size_of.get(axis, 1) for axis in range(rank))
        if kept:  # one mean and one variance are for inputs of any shape
            self.input_spec = InputSpec(ndim=rank, axes=size_of)
        if self.input_mean is None:
            self.adapt_mean = self.add_weight(sizes, "zeros", trainable=False, name="mean")
            self.adapt_variance = self.add_weight(sizes, "ones", trainable=False, name="variance")
            self.count = self.add_weight((), "zeros", dtype="int32", trainable=False, name="count")

    @property
    def mean(self) -> torch.Tensor:
        """The mean, of a shape that broadcasts to the inputs."""
        return self._statistic(self._given_mean, "adapt_mean")

    @property
    def variance(self) -> torch.Tensor:
        """The variance, of a shape that broadcasts to the inputs."""
        return self._statistic(self._given_variance, "adapt_variance")

    def _statistic(self, given: torch.Tensor | None, name: str) -> torch.Tensor:
        if given is None:
            if not self.built:
                raise ValueError(f"Normalization '{self.name}' has no statistics yet: call `adapt(data)` first.")
            learned: Variable = getattr(self, name)
            return learned.value.reshape(self._broadcast_shape)
        if not self.built:
            return given
        shape = tuple(self._broadcast_shape[axis] for axis in self._kept_axes)
        return given.expand(_broadcast_shapes(given.shape, shape)).reshape(self._broadcast_shape)

    @overridable
    def adapt(self, data: Any) -> None:
        """Learn the mean and the variance.

        Args:
            data: An array, a tensor, a data frame or column, or batches of arrays: a `DataLoader`, generator or list.
                Of batches that are tuples the first part counts.

        Raises:
            ValueError: the statistics were given, there are no data, or their shape is not that of the layer.

        Example:
            >>> layer = Normalization(axis=None)
            >>> layer.adapt([np.zeros((2, 3)), np.ones((2, 3))])
            >>> layer.mean, layer.variance
            (tensor([[0.5000]]), tensor([[0.2500]]))
        """
        if self.input_mean is not None:
            raise ValueError(
                f"Normalization '{self.name}' was made with a mean and a variance, so it cannot be adapted. Leave them "
                "out."
            )
        total = 0
        mean = square = torch.zeros(())
        for batch in _batches(data):
            if not self.built:
                self.build((None, *batch.shape[1:]) if batch.ndim else ())
            self._check_batch(batch)
            reduced = [axis for axis in range(batch.ndim) if axis not in self._kept_axes]
            values = batch.double()
            number = values.numel() // max(1, int(np.prod([values.shape[axis] for axis in self._kept_axes])))
            own_mean, own_square = values.mean(reduced), values.var(reduced, correction=0) * number
            # Two sets as one: Chan, Golub and LeVeque 1979.
            apart, everything = own_mean - mean.to(own_mean), total + number
            mean = mean.to(own_mean) + apart * (number / everything)
            square = square.to(own_square) + own_square + apart.square() * (total * number / everything)
            total = everything
        if not total:
            raise ValueError("`adapt` received no data. Pass at least one sample.")
        self.adapt_mean.assign(mean)
        self.adapt_variance.assign(square / total)

    def _check_batch(self, batch: torch.Tensor) -> None:
        shape = tuple(batch.shape)
        expected = tuple(n if i in self._kept_axes else None for i, n in enumerate(self._broadcast_shape))
        if len(shape) != len(expected) or any(n is not None and n != m for n, m in zip(expected, shape, strict=True)):
            raise ValueError(
                f"The layer '{self.name}' was built for inputs of shape {expected}, but `adapt` received data of an "
                f"incompatible shape: {shape}. Adapt a new layer to these data."
            )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Normalize the inputs."""
        mean, variance = self.mean.to(inputs), self.variance.to(inputs)
        deviation = variance.sqrt().clamp(min=config.epsilon())
        return inputs * deviation + mean if self.invert else (inputs - mean) / deviation

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        count = math.prod(self._broadcast_shape)
        given = [x.numel() for x in (self._given_mean, self._given_variance) if x is not None]
        return input_shape if all(n in (1, count) for n in given) else None

    def get_config(self) -> dict[str, Any]:
        def plain(value: Any) -> Any:
            return value if value is None or isinstance(value, (int, float)) else np.asarray(value).tolist()

        return {
            **super().get_config(),
            "axis": self.axis or None,
            "invert": self.invert,
            "mean": plain(self.input_mean),
            "variance": plain(self.input_variance),
        }


def _batches(data: Any) -> Iterator[torch.Tensor]:
    """Yield the data as tensors, at least one axis each."""
    if type(data).__module__.partition(".")[0] == "pandas":
        data = data.to_numpy()
        data = data[:, None] if data.ndim == 1 else data  # a column, as models get it
    if isinstance(data, (np.ndarray, torch.Tensor, int, float)) or _is_numbers(data):
        yield convert_to_tensor(data)
        return
    batches: Iterable[Any] = data if hasattr(data, "__iter__") else (data[i] for i in range(len(data)))
    for batch in batches:
        yield convert_to_tensor(batch[0] if isinstance(batch, (tuple, list)) and not _is_numbers(batch) else batch)


def _is_numbers(x: Any) -> bool:
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    return isinstance(x, (int, float))
