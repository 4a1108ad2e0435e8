"""Images moved, turned and bent: each output pixel is read at coordinates of the input."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.filtering import blurred
from torchkeras_compat.ops.image.layout import back_to, channels_first, check_rank, in_float, like_images
from torchkeras_compat.ops.image.sampling import sample
from torchkeras_compat.random.continuous_distributions import normal
from torchkeras_compat.random.seed_generator import Seed, SeedGenerator
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation

_ORDERS = {"nearest": 0, "bilinear": 1}


def _affine_spec(images: Any, transform: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    check_rank(images)
    _check_transform(transform)
    return like_images(images)


@operation(output_spec=_affine_spec)
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> torch.Tensor:
    """Return images in which pixel ``(x, y)`` is read at ``((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k)``.

    Here ``k = c0 x + c1 y + 1``.

    Args:
        images: One image or a batch.
        transform: ``[a0, a1, a2, b0, b1, b2, c0, c1]``, or one of these for each image.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: What lies outside, as ``map_coordinates`` takes it.
        fill_value: The constant for ``"constant"``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the ranks are wrong, or an argument is not as above.

    Example:
        >>> image = torch.tensor([[[1.0], [2.0], [3.0]]])
        >>> affine_transform(image, [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]).flatten()
        tensor([2., 3., 0.])

    Source: Keras API, ops.image.affine_transform. The Keras 3 backends other than TensorFlow ignore ``c0`` and ``c1``.
    """
    x, restore = channels_first(images, data_format)
    transform = in_float(convert_to_tensor(transform)).to(x.device)
    _check_transform(transform)
    if transform.ndim == 1:
        transform = transform.expand(x.shape[0], -1)
    return restore(_projected(x, transform, interpolation, fill_mode, fill_value))


def _check_transform(transform: Any) -> None:
    if len(transform.shape) not in (1, 2):
        raise ValueError(
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of transforms). "
            f"Received: transform.shape={tuple(transform.shape)}"
        )


def _perspective_spec(images: Any, start_points: Any, end_points: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    check_rank(images)
    _check_points(start_points, end_points)
    return like_images(images)


@operation(output_spec=_perspective_spec)
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> torch.Tensor:
    """Return images in which four corners have moved from ``start_points`` to ``end_points``.

    Args:
        images: One image or a batch.
        start_points: ``(4, 2)`` or ``(batch, 4, 2)``: x and y of each corner.
        end_points: Likewise.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_value: What lies outside.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the shapes are wrong, or an argument is not as above.

    Example:
        >>> corners = torch.tensor([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
        >>> perspective_transform(torch.arange(9.0).reshape(3, 3, 1), corners, corners + 1)[1:, 1:].flatten().round()
        tensor([0., 1., 3., 4.])

    Source: Heckbert 1989, section 2.2.
    """
    x, restore = channels_first(images, data_format)
    start, end = convert_to_tensor(start_points), convert_to_tensor(end_points)
    _check_points(start, end)
    start, end = (p.to(x.device, torch.float64).reshape(-1, 4, 2) for p in (start, end))
    transform = torch.linalg.solve(*projection_system(start, end)).to(in_float(x).dtype).expand(x.shape[0], -1)
    return restore(_projected(x, transform, interpolation, "constant", fill_value))


def _check_points(start_points: Any, end_points: Any) -> None:
    for name, points in (("start_points", start_points), ("end_points", end_points)):
        if len(points.shape) not in (2, 3) or tuple(points.shape[-2:]) != (4, 2):
            raise ValueError(
                f"Invalid {name} shape: expected (4, 2) for a single image or (batch, 4, 2). "
                f"Received: {name}.shape={tuple(points.shape)}"
            )


def projection_system(start: torch.Tensor, end: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the equations of the eight numbers of the projection that takes ``end`` to ``start``, ``(batch, 4, 2)``.

    They are a matrix ``(batch, 8, 8)`` and the right side ``(batch, 8)``.
    """
    (x, y), (u, v) = end.unbind(-1), start.unbind(-1)  # (batch, 4) each
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    rows_u = torch.stack([x, y, one, zero, zero, zero, -u * x, -u * y], dim=-1)
    rows_v = torch.stack([zero, zero, zero, x, y, one, -v * x, -v * y], dim=-1)
    return torch.cat([rows_u, rows_v], dim=1), torch.cat([u, v], dim=1)


def _projected(
    x: torch.Tensor, transform: torch.Tensor, interpolation: str, fill_mode: str, fill_value: float
) -> torch.Tensor:
    """Images ``(batch, channels, height, width)`` under one projection each, ``(batch, 8)``."""
    height, width = x.shape[2:]
    rows = torch.arange(height, device=x.device, dtype=transform.dtype).reshape(1, -1, 1)
    columns = torch.arange(width, device=x.device, dtype=transform.dtype)
    a0, a1, a2, b0, b1, b2, c0, c1 = transform[:, :, None, None].unbind(1)
    k = c0 * columns + c1 * rows + 1
    return read_at(
        x,
        (b0 * columns + b1 * rows + b2) / k,
        (a0 * columns + a1 * rows + a2) / k,
        interpolation,
        fill_mode,
        fill_value,
    )


def read_at(
    x: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor, interpolation: str, fill_mode: str, fill_value: float
) -> torch.Tensor:
    """Return images ``(batch, channels, height, width)`` read at rows and columns ``(batch, height, width)``."""
    if interpolation not in _ORDERS:
        raise ValueError(
            f"Invalid value for argument `interpolation`. Expected one of {list(_ORDERS)}. Received: {interpolation!r}"
        )
    points = torch.stack([rows.flatten(1), columns.flatten(1)], dim=1)
    flat = in_float(x).flatten(2)
    values = sample(flat, tuple(x.shape[2:]), points.to(flat.dtype), _ORDERS[interpolation], fill_mode, fill_value)
    return back_to(values.reshape(x.shape), x.dtype)


@operation(output_spec=like_images)
def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Seed = None,
    data_format: str | None = None,
) -> torch.Tensor:
    """Return images bent by smooth random displacements.

    Args:
        images: One image or a batch.
        alpha: Strength of the displacements, in pixels.
        sigma: How far they are smoothed, in pixels.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: What lies outside, as ``map_coordinates`` takes it.
        fill_value: The constant for ``"constant"``.
        seed: An int for the same displacements in every call, a ``SeedGenerator``, or None.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the rank is neither 3 nor 4, or an argument is not as above.

    Example:
        >>> elastic_transform(torch.ones(10, 10, 3), seed=1).shape
        torch.Size([10, 10, 3])

    Source: Simard et al. 2003, section 2; the noise is normal with standard deviation ``sigma``.
    """
    x, restore = channels_first(images, data_format)
    batch, _, height, width = x.shape
    if isinstance(seed, int):
        seed = SeedGenerator(seed)  # rows and columns are drawn one after the other, and must differ
    size = int(6 * sigma) | 1
    shape = (batch, 1, height, width)
    shifts = [
        alpha * blurred(normal(shape, stddev=sigma, seed=seed).to(x.device), (size, size), (sigma, sigma))[:, 0]
        for _ in range(2)
    ]
    columns = torch.arange(width, device=x.device) + shifts[0]
    rows = torch.arange(height, device=x.device).reshape(-1, 1) + shifts[1]
    return restore(read_at(x, rows, columns, interpolation, fill_mode, fill_value))
