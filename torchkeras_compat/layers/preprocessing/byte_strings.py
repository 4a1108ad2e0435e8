"""Byte strings as tensors, padded to one length, for hash functions that handle many at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

_DIGITS = 19  # of the largest int64


def pack(strings: Sequence[bytes]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the bytes of strings, ``(strings, longest)`` with zeros behind each, and their lengths.

    Example:
        >>> pack([b"ab", b"c"])
        (tensor([[97, 98],
                [99,  0]], dtype=torch.uint8), tensor([2, 1]))
    """
    lengths = np.fromiter(map(len, strings), np.int64, len(strings))
    packed = np.zeros((len(strings), int(lengths.max(initial=0))), np.uint8)
    packed[np.arange(packed.shape[1]) < lengths[:, None]] = np.frombuffer(b"".join(strings), np.uint8)
    return torch.from_numpy(packed), torch.from_numpy(lengths)


def pack_decimals(numbers: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the same for the decimal form of integers, ``(numbers,)``, computed where they are.

    Example:
        >>> text, lengths = pack_decimals(torch.tensor([-12, 7]))
        >>> bytes(text[0, :3].tolist()), lengths.tolist()
        (b'-12', [3, 1])
    """
    numbers = numbers.long()
    digits = []
    rest = numbers
    for _ in range(_DIGITS):
        quotient = torch.div(rest, 10, rounding_mode="trunc")
        digits.append((rest - quotient * 10).abs())
        rest = quotient
    table = torch.stack(digits, dim=-1)  # the last digit first
    places = torch.arange(_DIGITS, device=numbers.device)
    count = ((table != 0) * (places + 1)).amax(dim=-1).clamp(min=1)
    is_negative = (numbers < 0).long()
    lengths = count + is_negative
    columns = torch.arange(_DIGITS + 1, device=numbers.device)
    wanted = lengths[:, None] - 1 - columns
    text = table.gather(1, wanted.clamp(0, _DIGITS - 1)) + ord("0")
    text = torch.where((columns == 0) & (is_negative[:, None] == 1), ord("-"), text)
    return torch.where(columns < lengths[:, None], text, 0).to(torch.uint8), lengths
