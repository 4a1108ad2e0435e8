"""Tensors read at fractional coordinates."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.layout import back_to, in_float
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _coordinates_spec(inputs: Any, coordinates: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    shape = coordinates.shape if hasattr(coordinates, "shape") else (len(coordinates), *coordinates[0].shape)
    _check(inputs.shape, shape)
    return KerasTensor(shape[1:], standardize_dtype(inputs.dtype))


@operation(output_spec=_coordinates_spec)
def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0
) -> torch.Tensor:
    """Return the values of ``inputs`` at the given coordinates, interpolated.

    Args:
        inputs: Tensor of any rank.
        coordinates: ``(rank, ...)``: the coordinate along each axis.
        order: 0 for the nearest element, 1 for linear interpolation.
        fill_mode: What lies outside: ``"constant"`` (``fill_value``), ``"nearest"`` (the border), ``"wrap"``,
            ``"mirror"`` (reflected at the center of the border element) or ``"reflect"`` (at its edge).
        fill_value: The constant.

    Returns:
        A tensor of the shape of one coordinate; integers are rounded.

    Raises:
        ValueError: the coordinates do not fit the rank, or ``fill_mode`` is unknown.
        NotImplementedError: ``order`` is neither 0 nor 1.

    Example:
        >>> map_coordinates(torch.tensor([10.0, 20.0]), [[0.5, 3.0]], order=1, fill_mode="nearest")
        tensor([15., 20.])
    """
    inputs = convert_to_tensor(inputs)
    if isinstance(coordinates, (list, tuple)):
        coordinates = torch.stack([convert_to_tensor(c).to(inputs.device) for c in coordinates])
    coordinates = in_float(convert_to_tensor(coordinates))
    _check(inputs.shape, coordinates.shape)
    flat = in_float(inputs).reshape(1, 1, -1)
    points = coordinates.reshape(1, coordinates.shape[0], -1)
    values = sample(flat, tuple(inputs.shape), points, order, fill_mode, fill_value)
    return back_to(values.reshape(coordinates.shape[1:]), inputs.dtype)


def _check(shape: Any, coordinates_shape: Any) -> None:
    if coordinates_shape[0] != len(shape):
        raise ValueError(
            "First dim of `coordinates` must be the same as the rank of `inputs`. "
            f"Received: inputs of shape {tuple(shape)}, coordinates of shape {tuple(coordinates_shape)}"
        )
    if len(coordinates_shape) < 2:
        raise ValueError(
            f"Invalid coordinates rank: expected at least rank 2. Received: shape {tuple(coordinates_shape)}"
        )


def sample(
    flat: torch.Tensor,
    sizes: Sequence[int],
    points: torch.Tensor,
    order: int,
    fill_mode: str,
    fill_value: float,
) -> torch.Tensor:
    """Return values at points, each batch with points of its own, shared by its channels.

    Args:
        flat: ``(batch, channels, elements)``, floating point, the axes of ``sizes`` joined.
        sizes: Sizes of those axes.
        points: ``(batch, axes, points)``: coordinates.
        order: 0 or 1.
        fill_mode: As in :func:`map_coordinates`.
        fill_value: As in :func:`map_coordinates`.

    Returns:
        ``(batch, channels, points)``.

    Raises:
        ValueError: ``fill_mode`` is unknown.
        NotImplementedError: ``order`` is neither 0 nor 1.
    """
    if fill_mode not in _INDICES:
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Expected one of {list(_INDICES)}. Received: {fill_mode!r}"
        )
    if order not in (0, 1):
        raise NotImplementedError(f"Only order 0 (nearest) and 1 (linear) are there. Received: order={order}")
    nodes = [_nodes(axis, size, order, fill_mode) for axis, size in zip(points.unbind(1), sizes)]
    total = None
    for corner in itertools.product(*nodes):
        position = torch.zeros_like(corner[0][0])
        weight, inside = None, None
        for (index, part, valid), size in zip(corner, sizes):
            position = position * size + index
            weight = part if weight is None or part is None else weight * part
            inside = valid if inside is None or valid is None else inside & valid
        values = flat.gather(2, position.unsqueeze(1).expand(-1, flat.shape[1], -1))
        if inside is not None:
            values = torch.where(inside.unsqueeze(1), values, fill_value)
        values = values if weight is None else values * weight.unsqueeze(1)
        total = values if total is None else total + values
    return total  # type: ignore[return-value]


def _nodes(
    coordinate: torch.Tensor, size: int, order: int, fill_mode: str
) -> list[tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None]]:
    """Elements beside a coordinate: index, weight (None for 1), and whether it is inside (None for always)."""
    if order == 0:
        places: list[tuple[torch.Tensor, torch.Tensor | None]] = [(torch.round(coordinate).to(torch.int64), None)]
    else:
        lower = torch.floor(coordinate)
        upper_weight = (coordinate - lower).to(coordinate.dtype)
        lower = lower.to(torch.int64)
        places = [(lower, 1 - upper_weight), (lower + 1, upper_weight)]
    constant = fill_mode == "constant"
    return [
        (_INDICES[fill_mode](index, size), weight, (index >= 0) & (index < size) if constant else None)
        for index, weight in places
    ]


def _clamped(index: torch.Tensor, size: int) -> torch.Tensor:
    return index.clamp(0, size - 1)


def _mirrored(index: torch.Tensor, size: int) -> torch.Tensor:
    """``c b | a b c | b a``."""
    period = max(2 * (size - 1), 1)
    index = index % period
    return torch.minimum(index, period - index) if size > 1 else torch.zeros_like(index)


def _reflected(index: torch.Tensor, size: int) -> torch.Tensor:
    """``b a | a b c | c b``."""
    index = index % (2 * size)
    return torch.minimum(index, 2 * size - 1 - index)


_INDICES: dict[str, Callable[[torch.Tensor, int], torch.Tensor]] = {
    "constant": _clamped,
    "nearest": _clamped,
    "wrap": lambda index, size: index % size,
    "mirror": _mirrored,
    "reflect": _reflected,
}
