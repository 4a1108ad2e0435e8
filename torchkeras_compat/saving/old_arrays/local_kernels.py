"""Kernels of locally connected layers as ``implementation=2`` and ``3`` of tf.keras kept them."""

from __future__ import annotations

import math
from typing import Any

import torch


def by_windows(layer: Any, kernel: torch.Tensor, expected: tuple[int, ...]) -> torch.Tensor:
    """Return the kernel ``(places, window, filters)``, from one between all inputs and outputs, or from a sparse one.

    ``implementation=2`` kept ``(*inputs, channels, *places, filters)`` and masked what is outside of the windows, 3 a
    row of the values inside, ordered by the index of the output, then of the input.

    Args:
        layer: `LocallyConnected1D` or `LocallyConnected2D`, built.
        kernel: As in the file; on the meta device it gives the shape alone.
        expected: Shape that the layer has.

    Raises:
        ValueError: it has another shape than each of the three gives.

    Source: Keras 2.15 API, layers/LocallyConnected2D.
    """
    places, window, filters = expected
    inputs = layer._spatial_part([None, *(layer.input_spec.axes[i + 1] for i in range(layer.rank + 1))])
    channels = window // math.prod(layer.kernel_size)
    met = _inputs_met(layer, inputs)  # (places, positions of the window), -1 outside of the input
    is_first = layer._is_channels_first
    if kernel.ndim == 1:
        taken = int((met >= 0).sum()) * channels * filters
        _check(kernel, (taken,))
    else:
        outputs = layer._places([None, *(layer.input_spec.axes[i + 1] for i in range(layer.rank + 1))])
        _check(kernel, (channels, *inputs, filters, *outputs) if is_first else (*inputs, channels, *outputs, filters))
    if kernel.device.type == "meta":
        return torch.empty(expected, device="meta")
    sizes = (math.prod(inputs), channels, places, filters)
    found = _from_row(kernel, met, sizes, is_first) if kernel.ndim == 1 else _from_whole(kernel, met, sizes, is_first)
    # (places, positions, channels, filters)
    return (found.transpose(1, 2) if is_first else found).reshape(expected)


def _check(kernel: torch.Tensor, shape: tuple[int, ...]) -> None:
    if tuple(kernel.shape) != shape:
        raise ValueError(f"expected the shape {shape}, received {tuple(kernel.shape)}")


def _inputs_met(layer: Any, inputs: tuple[int, ...]) -> torch.Tensor:
    """Index of the input under each position of each window, ``(places, positions)``; -1 in the padding."""
    index = torch.arange(math.prod(inputs)).reshape(inputs)
    if layer.padding == "same":
        around = [amount for pad in reversed(layer._paddings(inputs)) for amount in pad]
        index = torch.nn.functional.pad(index, around, value=-1)
    for axis, (size, stride) in enumerate(zip(layer.kernel_size, layer.strides, strict=True)):
        index = index.unfold(axis, size, stride)
    return index.reshape(-1, math.prod(layer.kernel_size))


def _from_whole(kernel: torch.Tensor, met: torch.Tensor, sizes: tuple[int, ...], is_first: bool) -> torch.Tensor:
    positions, channels, places, filters = sizes
    if is_first:
        kernel = kernel.reshape(channels, positions, filters, places).permute(1, 0, 3, 2)
    kernel = kernel.reshape(positions, channels, places, filters)
    at = torch.arange(places)[:, None].expand_as(met)
    found = kernel[met.clamp(min=0), :, at]  # (places, window, channels, filters)
    return torch.where((met >= 0)[..., None, None], found, torch.zeros((), dtype=kernel.dtype))


def _from_row(values: torch.Tensor, met: torch.Tensor, sizes: tuple[int, ...], is_first: bool) -> torch.Tensor:
    positions, channels, places, filters = sizes
    c, f, at = torch.arange(channels)[:, None], torch.arange(filters), torch.arange(places)[:, None, None, None]
    there = met[..., None, None]
    source = c * positions + there if is_first else there * channels + c
    target = f * places + at if is_first else at * filters + f
    key = target * (positions * channels) + source  # (places, window, channels, filters)
    is_met = (there >= 0).expand_as(key)
    order = key[is_met].argsort().argsort()
    found = torch.zeros(key.shape, dtype=values.dtype)
    found[is_met] = values[order]
    return found
