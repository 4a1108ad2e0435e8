"""Elements repeated, turned round, moved and exchanged."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axes_of, axis_of, is_tensor, sizes, tensor


@tensor_function(strings=("a",))
def transpose(a: Any, perm: Any = None, conjugate: bool = False, name: str = "transpose") -> torch.Tensor:
    """Return the axes in the order ``perm``, by default reversed; complex numbers conjugated on demand.

    Raises:
        InvalidArgumentError: ``perm`` is not a permutation of the axes.
    """
    x = tensor(a)
    order = list(reversed(range(x.ndim))) if perm is None else list(sizes(perm, "perm"))
    if perm is not None:
        order = [p + x.ndim if p < 0 else p for p in order]
        if sorted(order) != list(range(x.ndim)):
            raise InvalidArgumentError(
                f"`perm` must be a permutation of the {x.ndim} axes of shape {tuple(x.shape)}. Received: {perm}"
            )
    x = x.permute(order)
    return x.conj().resolve_conj() if conjugate and x.is_complex() else x


@tensor_function(strings=("input",))
def tile(input: Any, multiples: Any, name: str | None = None) -> torch.Tensor:
    """Return the tensor repeated as a whole along each axis.

    Raises:
        InvalidArgumentError: ``multiples`` has not one entry for each axis.
    """
    x, counts = tensor(input), sizes(multiples, "multiples")
    if len(counts) != x.ndim or min(counts, default=0) < 0:
        raise InvalidArgumentError(f"`multiples` needs {x.ndim} counts for shape {tuple(x.shape)}. Received: {counts}")
    return x.repeat(counts)


@tensor_function(strings=("input",))
def repeat(input: Any, repeats: Any, axis: Any = None, name: str | None = None) -> torch.Tensor:
    """Return each element repeated, along an axis or of the flattened tensor.

    Args:
        input: Tensor.
        repeats: How often: a number, or one for each element of the axis.
        axis: The axis; None for the flattened tensor.
        name: Not used.

    Raises:
        InvalidArgumentError: ``repeats`` fits neither way.
    """
    x = tensor(input)
    counts = tensor(repeats, place=None if is_tensor(repeats) else torch.device("cpu")).to(torch.int64)
    if axis is None:
        x, axis = x.reshape(-1), 0
    at = axis_of(axis, x.ndim)
    if counts.ndim > 1 or (counts.ndim == 1 and counts.shape[0] not in (1, x.shape[at])):
        raise InvalidArgumentError(
            f"`repeats` needs one number, or one for each of {x.shape[at]} elements. Received shape"
            f" {tuple(counts.shape)}."
        )
    if counts.numel() == 1 and counts.device.type != "meta":
        return x.repeat_interleave(int(counts), at)
    length = int(counts.sum()) if counts.device.type == "cpu" else None
    return x.repeat_interleave(counts.to(x.device), at, output_size=length)


@tensor_function(strings=("tensor",), old={"dims": "axis"})
def reverse(tensor: Any, axis: Any, name: str | None = None) -> torch.Tensor:
    """Return the tensor turned round along axes.

    Raises:
        InvalidArgumentError: an axis does not exist, or is named twice.
    """
    x = as_tensor(tensor)
    return x.flip(axes_of(axis, x.ndim))


@tensor_function(strings=("input",), old={"seq_dim": "seq_axis", "batch_dim": "batch_axis"})
def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: Any = None, batch_axis: Any = None, name: str | None = None
) -> torch.Tensor:
    """Return the tensor with the first ``seq_lengths[i]`` elements of batch entry ``i`` turned round.

    Raises:
        InvalidArgumentError: there are not as many lengths as entries, or one exceeds the axis.
    """
    x, lengths = tensor(input), tensor(seq_lengths).to(torch.int64)
    along = axis_of(0 if seq_axis is None else seq_axis, x.ndim, "seq_axis")
    batch = axis_of(0 if batch_axis is None else batch_axis, x.ndim, "batch_axis")
    if along == batch:
        raise InvalidArgumentError(f"`seq_axis` and `batch_axis` are both {along}.")
    if tuple(lengths.shape) != (x.shape[batch],):
        raise InvalidArgumentError(
            f"`seq_lengths` needs one length for each of {x.shape[batch]} entries. Received shape"
            f" {tuple(lengths.shape)}."
        )
    steps = torch.arange(x.shape[along], device=x.device)[None, :]
    lengths = lengths.to(x.device)[:, None]
    source = torch.where(steps < lengths, lengths - 1 - steps, steps)  # batch, steps
    moved = x.movedim((batch, along), (0, 1))
    index = source.reshape(*source.shape, *(1,) * (x.ndim - 2)).expand(moved.shape)
    return moved.gather(1, index).movedim((0, 1), (batch, along))


@tensor_function(strings=("input",))
def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> torch.Tensor:
    """Return the tensor with elements moved on along axes; what leaves at the end comes back at the front.

    Raises:
        InvalidArgumentError: shifts and axes differ in number, or an axis does not exist.
    """
    x = tensor(input)
    shifts, axes = sizes(shift, "shift"), axes_of(axis, x.ndim)
    if len(shifts) != len(axes):
        raise InvalidArgumentError(f"`shift` and `axis` must be equally many. Received: {shifts} and {axes}")
    return x.roll(shifts, axes)


@tensor_function
def invert_permutation(x: Any, name: str | None = None) -> torch.Tensor:
    """Return where each number of a permutation stands: ``y[x[i]] = i``.

    Raises:
        InvalidArgumentError: ``x`` is not a vector that holds each number below its length once.
    """
    x = tensor(x)
    if x.ndim != 1:
        raise InvalidArgumentError(f"A permutation has one axis. Received shape {tuple(x.shape)}.")
    ordered, places = x.sort()
    if x.device.type != "meta" and not torch.equal(ordered, torch.arange(len(x), dtype=x.dtype, device=x.device)):
        raise InvalidArgumentError(f"A permutation holds each number below {len(x)} once.")
    found: torch.Tensor = places.to(x.dtype)
    return found


as_tensor = tensor
