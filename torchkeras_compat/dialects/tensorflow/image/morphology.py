"""Dilation and erosion of images by a filter of heights."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import integer, operands


@tensor_function(old={"filter": "filters", "rates": "dilations"})
def dilation2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> torch.Tensor:
    """Return ``max over dy, dx of input[y * s + dy * r, x * s + dx * r] + filters[dy, dx]``, channel by channel.

    Args:
        input: ``(batch, height, width, channels)``, floating point.
        filters: ``(rows, columns, channels)``.
        strides: Four numbers, the first and last 1.
        padding: ``"SAME"`` or ``"VALID"``; what lies outside is never the largest.
        data_format: ``"NHWC"``, the only one.
        dilations: Four numbers, the first and last 1.
        name: Not used.

    Raises:
        InvalidArgumentError: a shape or setting is not as above.

    Example:
        >>> x = torch.tensor([1.0, 5.0, 2.0]).reshape(1, 1, 3, 1)
        >>> dilation2d(x, torch.zeros(1, 2, 1), [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1]).numpy().reshape(-1)
        array([5., 5.], dtype=float32)
    """
    x, heights = operands(input, filters)
    return _dilated(x, heights, strides, padding, data_format, dilations)


@tensor_function(old={"kernel": "filters", "rates": "dilations"})
def erosion2d(
    value: Any,
    filters: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> torch.Tensor:
    """Return ``min over dy, dx of value[y * s - dy * r, x * s - dx * r] - filters[dy, dx]``, channel by channel.

    Args:
        value: ``(batch, height, width, channels)``, floating point.
        filters: As in :func:`dilation2d`, of which this is the dual.
        strides: As there.
        padding: As there.
        data_format: As there.
        dilations: As there.
        name: Not used.

    Raises:
        InvalidArgumentError: a shape or setting is not as in :func:`dilation2d`.
    """
    x, heights = operands(value, filters)
    return -_dilated(-x, heights.flip(0, 1), strides, padding, data_format, dilations)


def _dilated(
    x: torch.Tensor, heights: torch.Tensor, strides: Any, padding: str, data_format: str, dilations: Any
) -> torch.Tensor:
    if x.ndim != 4 or heights.ndim != 3 or heights.shape[2] != x.shape[3] or not x.is_floating_point():
        raise InvalidArgumentError(
            "A dilation takes floating point images (batch, height, width, channels) and filters (rows, columns,"
            f" channels). Received shapes {tuple(x.shape)} and {tuple(heights.shape)}."
        )
    if data_format != "NHWC" or str(padding).upper() not in ("SAME", "VALID"):
        raise InvalidArgumentError(
            f"A dilation has data_format='NHWC' and padding 'SAME' or 'VALID'. Received: {data_format!r}, {padding!r}"
        )
    steps, rates = _of_height_and_width(strides, "strides"), _of_height_and_width(dilations, "dilations")
    spans = [(size - 1) * rate + 1 for size, rate in zip(heights.shape[:2], rates)]
    if str(padding).upper() == "SAME":
        missing = [
            max((-(-size // step) - 1) * step + span - size, 0) for size, step, span in zip(x.shape[1:3], steps, spans)
        ]
        (top, left), (bottom, right) = [n // 2 for n in missing], [n - n // 2 for n in missing]
        x = F.pad(x, (0, 0, left, right, top, bottom), value=float("-inf"))
    counts = [(size - span) // step + 1 for size, span, step in zip(x.shape[1:3], spans, steps)]
    if min(counts) < 1:
        raise InvalidArgumentError(f"A filter that spans {spans} does not fit into images of shape {tuple(x.shape)}.")
    found: torch.Tensor | None = None
    for row in range(heights.shape[0]):
        for column in range(heights.shape[1]):
            top, left = row * rates[0], column * rates[1]
            part = x[:, top :: steps[0], left :: steps[1]][:, : counts[0], : counts[1]] + heights[row, column]
            found = part if found is None else torch.maximum(found, part)
    if found is None:
        raise InvalidArgumentError("A filter needs rows and columns. Received one without.")
    return found


def _of_height_and_width(numbers: Any, name: str) -> list[int]:
    found = [integer(n, name) for n in numbers]
    if len(found) != 4 or found[0] != 1 or found[3] != 1 or min(found) < 1:
        raise InvalidArgumentError(f"`{name}` are four positive numbers, the first and last 1. Received: {found}")
    return found[1:3]
