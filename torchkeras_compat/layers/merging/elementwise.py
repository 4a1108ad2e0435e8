"""`Add`, `Subtract`, `Multiply`, `Average`, `Maximum`, `Minimum`, and the functions of the same names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import torch

from torchkeras_compat.layers.merging.base import Merge, check_list


class Add(Merge):
    """Sum of several tensors.

    Args:
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of tensors of shapes that broadcast.
    Output shape:
        The broadcast shape.

    Raises:
        ValueError: the inputs are not a list, or their shapes do not fit together.

    Example:
        >>> Add()([torch.ones(1, 2), torch.ones(1, 2)])
        tensor([[2., 2.]])

    Source: Keras API, layers/Add.
    """

    def _merged(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        return reduce(torch.add, tensors)


class Subtract(Merge):
    """Difference of two tensors.

    Args:
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of two tensors of shapes that broadcast.
    Output shape:
        The broadcast shape.

    Raises:
        ValueError: the inputs are not a list of two, or their shapes do not fit together.

    Example:
        >>> Subtract()([torch.ones(1, 2), torch.ones(1, 2)])
        tensor([[0., 0.]])

    Source: Keras API, layers/Subtract.
    """

    def _merged(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        if len(tensors) != 2:
            raise ValueError(
                f"A `Subtract` layer should be called on exactly 2 inputs. Received: {len(tensors)} inputs."
            )
        return tensors[0] - tensors[1]

    def _known_output_shape(self, input_shape: Any) -> tuple[int | None, ...] | None:
        return super()._known_output_shape(input_shape) if len(input_shape) == 2 else None


class Multiply(Merge):
    """Product of several tensors, element by element.

    Masked positions count as 1, so that they leave the other factors as they are; where all are masked the output is 0.

    Args:
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of tensors of shapes that broadcast.
    Output shape:
        The broadcast shape.

    Raises:
        ValueError: the inputs are not a list, or their shapes do not fit together.

    Example:
        >>> Multiply()([torch.full((1, 2), 3.0), torch.full((1, 2), 2.0)])
        tensor([[6., 6.]])

    Source: Keras API, layers/Multiply.
    """

    def call(self, inputs: Any, mask: Any = None) -> torch.Tensor:
        """Multiply the inputs."""
        if mask is None:
            return super().call(inputs)
        output = super().call(_where_allowed(inputs, mask, 1))
        allowed = self.compute_mask(inputs, mask)
        return output if allowed is None else torch.where(_like(allowed, output), output, 0)

    def _merged(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        return reduce(torch.mul, tensors)

    _known_output_shape = Merge._known_output_shape


class Average(Merge):
    """Mean of several tensors.

    Args:
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of tensors of shapes that broadcast.
    Output shape:
        The broadcast shape.

    Raises:
        ValueError: the inputs are not a list, or their shapes do not fit together.

    Example:
        >>> Average()([torch.zeros(1, 2), torch.ones(1, 2)])
        tensor([[0.5000, 0.5000]])

    Source: Keras API, layers/Average.
    """

    def _merged(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        return reduce(torch.add, tensors) / len(tensors)


class Maximum(Merge):
    """Largest of several tensors, element by element.

    Masked positions do not take part; where all are masked the output is the first input.

    Args:
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of tensors of shapes that broadcast.
    Output shape:
        The broadcast shape.

    Raises:
        ValueError: the inputs are not a list, or their shapes do not fit together.

    Example:
        >>> Maximum()([torch.zeros(1, 2), torch.ones(1, 2)])
        tensor([[1., 1.]])

    Source: Keras API, layers/Maximum.
    """

    def call(self, inputs: Any, mask: Any = None) -> torch.Tensor:
        """Return the largest values."""
        if mask is None:
            return super().call(inputs)
        dtype = inputs[0].dtype
        limit = (torch.finfo if dtype.is_floating_point else torch.iinfo)(dtype).min
        output = super().call(_where_allowed(inputs, mask, limit))
        allowed = self.compute_mask(inputs, mask)
        return output if allowed is None else torch.where(_like(allowed, output), output, inputs[0])

    def _merged(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        return reduce(torch.maximum, tensors)

    _known_output_shape = Merge._known_output_shape


class Minimum(Merge):
    """Smallest of several tensors, element by element.

    Masked positions do not take part; where all are masked the output is the first input.

    Args:
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of tensors of shapes that broadcast.
    Output shape:
        The broadcast shape.

    Raises:
        ValueError: the inputs are not a list, or their shapes do not fit together.

    Example:
        >>> Minimum()([torch.zeros(1, 2), torch.ones(1, 2)])
        tensor([[0., 0.]])

    Source: Keras API, layers/Minimum.
    """

    def call(self, inputs: Any, mask: Any = None) -> torch.Tensor:
        """Return the smallest values."""
        if mask is None:
            return super().call(inputs)
        dtype = inputs[0].dtype
        limit = (torch.finfo if dtype.is_floating_point else torch.iinfo)(dtype).max
        output = super().call(_where_allowed(inputs, mask, limit))
        allowed = self.compute_mask(inputs, mask)
        return output if allowed is None else torch.where(_like(allowed, output), output, inputs[0])

    def _merged(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        return reduce(torch.minimum, tensors)

    _known_output_shape = Merge._known_output_shape


def _like(mask: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return mask.reshape(mask.shape + (1,) * (x.ndim - mask.ndim))


def _where_allowed(inputs: Sequence[torch.Tensor], masks: Sequence[Any], other: float) -> list[torch.Tensor]:
    """Return the inputs with another value where their mask is False."""
    return [x if mask is None else torch.where(_like(mask, x), x, other) for x, mask in zip(inputs, masks, strict=True)]


def _function(cls: Callable[..., Any], name: str) -> Callable[..., Any]:
    def merge(inputs: Sequence[Any], **kwargs: Any) -> Any:
        layer = cls(**kwargs)
        check_list(layer, inputs)
        return layer(inputs)

    merge.__name__ = merge.__qualname__ = name
    merge.__doc__ = f"Return ``{cls.__name__}(**kwargs)(inputs)``: the layer `{cls.__name__}` applied to a list."
    return merge


add = _function(Add, "add")
subtract = _function(Subtract, "subtract")
multiply = _function(Multiply, "multiply")
average = _function(Average, "average")
maximum = _function(Maximum, "maximum")
minimum = _function(Minimum, "minimum")
