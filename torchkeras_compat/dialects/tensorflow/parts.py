"""Parts of tensors as TensorFlow's brackets choose them."""

from __future__ import annotations

import operator
from typing import Any

import torch


def select(x: torch.Tensor, key: Any) -> torch.Tensor:
    """Return the part of a tensor at a key of ints, slices with any step, ``tf.newaxis``, ``...`` and masks.

    Raises:
        IndexError: there are more keys than axes, or an index lies outside.
    """
    if type(key) is int:
        return x[key]
    keys = _parts(key)
    backward = [k for k in keys if isinstance(k, slice) and k.step is not None and k.step < 0]
    return _select_backward(x, keys) if backward else x[keys]


def place(key: Any) -> Any:
    """Return the key of :func:`select` as torch takes it in an assignment.

    Raises:
        ValueError: a slice runs backward.
    """
    keys = _parts(key)
    if any(isinstance(k, slice) and k.step is not None and k.step < 0 for k in keys):
        raise ValueError(f"A part with a negative step cannot be assigned to. Received: {key}. Use a positive step.")
    return keys


def _parts(key: Any) -> tuple[Any, ...]:
    return tuple(_part(k) for k in key) if isinstance(key, tuple) else (_part(key),)


def _part(key: Any) -> Any:
    if isinstance(key, slice):
        bounds = [None if b is None else operator.index(b) for b in (key.start, key.stop, key.step)]
        return slice(*bounds)
    if isinstance(key, torch.Tensor) and key.is_meta and not key.ndim and key.dtype is not torch.bool:
        return 0  # shapes are being worked out, and each part has the same
    return key


def _select_backward(x: torch.Tensor, keys: tuple[Any, ...]) -> torch.Tensor:
    used = sum(k is not None and k is not Ellipsis for k in keys)
    if not any(k is Ellipsis for k in keys):
        keys = (*keys, Ellipsis)
    forward: list[Any] = []
    flipped: list[int] = []  # axes of the result
    axis = place = 0
    for k in keys:
        if k is Ellipsis:
            forward.append(k)
            axis, place = axis + x.ndim - used, place + x.ndim - used
        elif isinstance(k, slice) and k.step is not None and k.step < 0:
            chosen = range(x.shape[axis])[k]
            forward.append(slice(chosen[-1], chosen[0] + 1, -k.step) if chosen else slice(0, 0))
            flipped.append(place)
            axis, place = axis + 1, place + 1
        else:
            forward.append(k)
            axis += k is not None
            place += not isinstance(k, int)
    return x[tuple(forward)].flip(flipped)
