"""Space and channels, or space and batch, exchanged in blocks."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import sizes, tensor


@tensor_function
def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> torch.Tensor:
    """Pad spatial axes, cut them into blocks, and put the places within a block into the batch axis.

    Args:
        input: ``(batch, *space, ...)``.
        block_shape: Size of a block along each spatial axis.
        paddings: ``(number of spatial axes, 2)``.
        name: Not used.

    Returns:
        ``(batch * prod(block_shape), *padded space / block_shape, ...)``.

    Raises:
        InvalidArgumentError: a padded axis does not divide.
    """
    x, block = tensor(input), _block(block_shape, paddings)
    pairs = [sizes(pair, "paddings") for pair in paddings]
    for i, pair in enumerate(pairs):
        if (x.shape[i + 1] + sum(pair)) % block[i]:
            raise InvalidArgumentError(
                f"Axis {i + 1} of shape {tuple(x.shape)}, padded by {pair}, does not divide by {block[i]}."
            )
    rest = x.ndim - 1 - len(block)
    x = F.pad(x, [0] * (2 * rest) + [n for pair in reversed(pairs) for n in pair])
    parts = [n for size, b in zip(x.shape[1:], block) for n in (size // b, b)]
    m = len(block)
    split = x.reshape(x.shape[0], *parts, *x.shape[m + 1 :])
    order = [2 * i + 2 for i in range(m)] + [0] + [2 * i + 1 for i in range(m)] + list(range(2 * m + 1, split.ndim))
    return split.permute(order).reshape(x.shape[0] * math.prod(block), *parts[::2], *x.shape[m + 1 :])


@tensor_function
def batch_to_space(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> torch.Tensor:
    """Put places within blocks back from the batch axis into space, and cut the borders: the inverse of
    :func:`space_to_batch`.

    Raises:
        InvalidArgumentError: the batch does not divide by the elements of a block.
    """
    x, block = tensor(input), _block(block_shape, crops)
    m, count = len(block), math.prod(block)
    if x.shape[0] % count:
        raise InvalidArgumentError(f"A batch of {x.shape[0]} does not divide by block_shape={block}.")
    split = x.reshape(*block, x.shape[0] // count, *x.shape[1:])
    order = [m] + [n for i in range(m) for n in (m + 1 + i, i)] + list(range(2 * m + 1, split.ndim))
    space = [size * b for size, b in zip(x.shape[1:], block)]
    joined = split.permute(order).reshape(x.shape[0] // count, *space, *x.shape[m + 1 :])
    pairs = [sizes(pair, "crops") for pair in crops]
    return joined[(slice(None), *(slice(a, size - b) for (a, b), size in zip(pairs, space)))]


def _block(block_shape: Any, pairs: Any) -> list[int]:
    block = sizes(block_shape, "block_shape")
    if len(block) == 1 and len(pairs) > 1 and not isinstance(block_shape, (list, tuple)):
        block = block * len(pairs)
    if len(block) != len(pairs) or min(block, default=1) < 1:
        raise InvalidArgumentError(f"`block_shape` needs {len(pairs)} positive sizes. Received: {block}")
    return block


@tensor_function
def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the paddings, and later crops, that make axes divide by blocks.

    Args:
        input_shape: Sizes of the axes.
        block_shape: Size of a block along each.
        base_paddings: Pairs of least paddings.
        name: Not used.
    """
    space, block = sizes(input_shape, "input_shape"), sizes(block_shape, "block_shape")
    base = [[0, 0]] * len(space) if base_paddings is None else [sizes(pair, "base_paddings") for pair in base_paddings]
    extra = [-(size + sum(pair)) % b for size, b, pair in zip(space, block, base)]
    paddings = [[start, end + more] for (start, end), more in zip(base, extra)]
    crops = [[0, more] for more in extra]
    return tuple(torch.tensor(rows, dtype=torch.int32, device="cpu") for rows in (paddings, crops))  # type: ignore
