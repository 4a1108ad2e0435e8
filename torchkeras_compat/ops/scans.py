"""Functions applied along an axis: one slice after the other, all at once, or by halves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """Carry a value along the first axis: ``carry, y = f(carry, x)`` for each slice ``x`` of ``xs``.

    Args:
        f: Takes the carried value and a slice, returns the next carried value and an output (or None).
        init: First carried value, any structure.
        xs: Structure of tensors whose first axes have one size, or None.
        length: Number of steps; needed where ``xs`` is None.
        reverse: Whether to go from the last slice to the first; outputs keep the order of the slices.
        unroll: Kept for Keras's signature: steps run one after the other whatever it says.

    Returns:
        The last carried value, and the outputs stacked along a new first axis.

    Raises:
        TypeError: ``f`` is not callable.
        ValueError: both ``xs`` and ``length`` are missing, they contradict each other, there is no step, or ``unroll``
            is neither a boolean nor a positive int.

    Example:
        >>> scan(lambda total, x: (total + x, total + x), 0.0, torch.tensor([1.0, 2.0, 4.0]))
        (tensor(7.), tensor([1., 3., 7.]))
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f!r}")
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(f"`unroll` must be an positive integer or boolean. Received: unroll={unroll}")
    if xs is None and length is None:
        raise ValueError("`scan` needs `xs` to scan over and/or `length`. Received: xs=None, length=None")
    carry = tree.map_structure(convert_to_tensor, init)
    xs = None if xs is None else _as_tensors(xs)
    steps = _common_size(xs, 0, "scan") if xs is not None else int(length)  # type: ignore[arg-type]
    if length is not None and int(length) != steps:
        raise ValueError(f"`length` contradicts the first dimension of `xs`. Received: length={length}, {steps} slices")
    if steps == 0:
        raise ValueError("`scan` needs at least one step. Received: xs or length of size 0")
    if _any_meta(carry, xs):
        carry, output = f(carry, _slice(xs, 0))
        return carry, tree.map_structure(
            lambda y: convert_to_tensor(y).expand(steps, *y.shape), output, none_is_leaf=False
        )
    outputs = []
    for i in reversed(range(steps)) if reverse else range(steps):
        carry, output = f(carry, _slice(xs, i))
        outputs.append(output)
    return carry, _stack(outputs[::-1] if reverse else outputs)


@operation
def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Return ``f`` of each slice of ``xs`` along the first axis, stacked; one slice after the other.

    Args:
        f: Takes a slice, returns any structure.
        xs: Structure of tensors whose first axes have one size.

    Raises:
        ValueError: the sizes differ, or there is no slice.

    Example:
        >>> map(lambda x: x.sum(), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([3., 7.])
    """
    xs = _as_tensors(xs)
    steps = _common_size(xs, 0, "map")
    if _any_meta(xs):
        return tree.map_structure(lambda y: y.expand(steps, *y.shape), f(_slice(xs, 0)))
    if steps == 0:
        raise ValueError("`map` needs at least one slice. Received: a first dimension of 0")
    return _stack([f(_slice(xs, i)) for i in range(steps)])


@operation
def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """Return ``function`` of each slice of ``elements`` along the first axis, stacked; computed at once.

    Args:
        function: Takes a slice, returns any structure. It must not branch on values.
        elements: Structure of tensors whose first axes have one size.

    Example:
        >>> vectorized_map(lambda x: x.sum(), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([3., 7.])

    Source: ``torch.vmap``.
    """
    return torch.vmap(function, randomness="different")(_as_tensors(elements))


@operation
def associative_scan(f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """Return ``x[0], f(x[0], x[1]), f(f(x[0], x[1]), x[2]), ...`` along ``axis`` for an associative ``f``.

    Runs in a number of calls of ``f`` proportional to the logarithm of the size.

    Args:
        f: Takes two structures of slices, returns one.
        elems: Structure of tensors.
        reverse: Whether to start from the end.
        axis: Axis along which to scan.

    Raises:
        TypeError: ``f`` is not callable.
        ValueError: the sizes along ``axis`` differ, or there is no such axis.

    Example:
        >>> associative_scan(torch.add, torch.arange(5))
        tensor([ 0,  1,  3,  6, 10])

    Source: Blelloch 1990, section 1.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f!r}")
    elems = _as_tensors(elems)
    _common_size(elems, axis, "associative_scan")
    leaves = [x.movedim(axis, 0) for x in tree.flatten(elems)]
    if reverse:
        leaves = [x.flip(0) for x in leaves]

    def combined(a: list[torch.Tensor], b: list[torch.Tensor]) -> list[torch.Tensor]:
        a, b = ([x.movedim(0, axis) for x in part] for part in (a, b))
        result = tree.flatten(f(tree.pack_sequence_as(elems, a), tree.pack_sequence_as(elems, b)))
        return [convert_to_tensor(x).movedim(axis, 0) for x in result]

    leaves = _scan_by_halves(combined, leaves)
    if reverse:
        leaves = [x.flip(0) for x in leaves]
    return tree.pack_sequence_as(elems, [x.movedim(0, axis) for x in leaves])


def _scan_by_halves(
    combined: Callable[[list[torch.Tensor], list[torch.Tensor]], list[torch.Tensor]], x: list[torch.Tensor]
) -> list[torch.Tensor]:
    size = x[0].shape[0]
    if size < 2:
        return x
    odd = _scan_by_halves(combined, combined([t[: size - 1 : 2] for t in x], [t[1::2] for t in x]))
    if size == 2:
        return [torch.cat([t[:1], o]) for t, o in zip(x, odd)]
    even = combined([o[: (size - 1) // 2] for o in odd], [t[2::2] for t in x])
    return [_interleaved(torch.cat([t[:1], e]), o) for t, e, o in zip(x, even, odd)]


def _interleaved(even: torch.Tensor, odd: torch.Tensor) -> torch.Tensor:
    """``even[0], odd[0], even[1], ...``; there may be one more of the even ones."""
    pairs = torch.stack([even[: odd.shape[0]], odd], dim=1).flatten(0, 1)
    return pairs if even.shape[0] == odd.shape[0] else torch.cat([pairs, even[-1:]])


def _as_tensors(xs: Any) -> Any:
    return tree.map_structure(convert_to_tensor, xs)


def _common_size(xs: Any, axis: int, function: str) -> int:
    sizes = {x.shape[normalize_axis(axis, x.ndim)] for x in tree.flatten(xs)}
    if len(sizes) != 1:
        what = "first dimension" if axis == 0 else f"size along axis {axis}, which is scanned as a first dimension"
        raise ValueError(
            f"All tensors given to `{function}` must have the same {what}. Received sizes: {sorted(sizes)}"
        )
    return sizes.pop()


def _any_meta(*structures: Any) -> bool:
    leaves = [leaf for structure in structures for leaf in tree.flatten(structure)]
    return any(isinstance(leaf, torch.Tensor) and leaf.is_meta for leaf in leaves)


def _slice(xs: Any, i: int) -> Any:
    return None if xs is None else tree.map_structure(lambda x: x[i], xs)


def _stack(outputs: list[Any]) -> Any:
    """Structures of one shape as one structure of stacked tensors; None stays None."""
    return tree.map_structure(lambda *y: torch.stack([convert_to_tensor(v) for v in y]), *outputs, none_is_leaf=False)
