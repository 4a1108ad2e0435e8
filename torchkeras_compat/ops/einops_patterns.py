"""Axes rearranged by a pattern such as ``"b h w c -> b c (h w)"``."""

from __future__ import annotations

import math
import re
from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation

_TOKEN = re.compile(r"\(([^()]*)\)|(\S+)")
_ELLIPSIS = "..."


@operation
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> torch.Tensor:
    """Transpose, split and join axes as ``pattern`` says.

    Args:
        tensor: Tensor.
        pattern: Names of the axes before and after ``->``. Names in parentheses are one axis, split on the left or
            joined on the right; ``...`` stands for any axes; ``1`` for an axis of size 1.
        **axes_lengths: Sizes of axes that a split leaves open.

    Raises:
        ValueError: the pattern is malformed, or does not fit the shape or the sizes.

    Example:
        >>> rearrange(torch.ones(6, 8), "(h w) c -> h w c", h=2).shape
        torch.Size([2, 3, 8])

    Source: Rogozhnikov 2022.
    """
    x = convert_to_tensor(tensor)
    try:
        left, right = _parsed(pattern, x.ndim)
        sizes = _sizes(left, x.shape, axes_lengths)
    except ValueError as error:
        raise ValueError(
            f"Cannot rearrange a tensor of shape {tuple(x.shape)} by pattern {pattern!r}, sizes {axes_lengths}: {error}"
        ) from error
    before = [name for axis in left for name in axis]
    after = [name for axis in right for name in axis]
    x = x.reshape([sizes[name] for name in before]).permute([before.index(name) for name in after])
    return x.reshape([math.prod(sizes[name] for name in axis) for axis in right])


def _parsed(pattern: str, ndim: int) -> tuple[list[list[str]], list[list[str]]]:
    """Both sides as lists of axes, an axis as the list of its names; an axis of size 1 has none."""
    sides = pattern.split("->")
    if len(sides) != 2:
        raise ValueError("there must be one '->'.")
    left, right = ([_names(*match.groups()) for match in _TOKEN.finditer(side)] for side in sides)
    free = ndim - sum(axis != [_ELLIPSIS] for axis in left)
    if [_ELLIPSIS] in left:
        if free < 0:
            raise ValueError(f"it names more than the {ndim} axes there are.")
    elif free:
        raise ValueError(f"it names {len(left)} axes, but there are {ndim}.")
    left, right = (_without_ellipsis(side, free) for side in (left, right))
    names = [sorted(name for axis in side for name in axis) for side in (left, right)]
    if names[0] != names[1] or len(set(names[0])) != len(names[0]):
        raise ValueError("both sides must have the same names, each once.")
    return left, right


def _names(group: str | None, name: str | None) -> list[str]:
    names = [name] if name else (group or "").split()
    for n in names:
        if n not in (_ELLIPSIS, "1") and not n.isidentifier():
            raise ValueError(f"{n!r} is not a name of an axis.")
    return [n for n in names if n != "1"]


def _without_ellipsis(side: list[list[str]], count: int) -> list[list[str]]:
    rest = [f"...{i}" for i in range(count)]
    result: list[list[str]] = []
    for axis in side:
        if axis == [_ELLIPSIS]:
            result += [[name] for name in rest]
        else:
            result.append([n for name in axis for n in (rest if name == _ELLIPSIS else [name])])
    return result


def _sizes(left: list[list[str]], shape: Any, given: dict[str, int]) -> dict[str, int]:
    sizes = dict(given)
    for axis, size in zip(left, shape):
        unknown = [name for name in axis if name not in sizes]
        if len(unknown) > 1:
            raise ValueError(f"the sizes of {unknown} are open. Pass all but one of them.")
        known = math.prod(sizes[name] for name in axis if name in sizes)
        if unknown:
            sizes[unknown[0]] = size // known
        if math.prod(sizes[name] for name in axis) != size:
            raise ValueError(f"an axis of size {size} cannot be {' x '.join(axis) or '1'}.")
    names = {name for axis in left for name in axis}
    if set(given) - names:
        raise ValueError(f"it has no axes {sorted(set(given) - names)}.")
    return sizes
