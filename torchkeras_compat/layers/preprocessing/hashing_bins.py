"""Values as the numbers of the bins that their hashes fall into."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.layers.preprocessing.byte_strings import pack, pack_decimals
from torchkeras_compat.layers.preprocessing.fingerprints import fingerprint64, remainder, siphash64
from torchkeras_compat.layers.preprocessing.texts import Texts

Salt = tuple[int, int]


def bins_of_texts(texts: Texts, num_bins: int, salt: Salt | None = None) -> torch.Tensor:
    """Return the bins of strings, by FarmHash, or with a salt by SipHash under that key.

    Example:
        >>> import numpy as np
        >>> bins_of_texts(np.array(["A", "B", "A"], object), 3).tolist()
        [1, 0, 1]
    """
    flat = texts.reshape(-1).tolist()
    places: dict[str, int] = {}
    which = [places.setdefault(text, len(places)) for text in flat]  # each different string is hashed once
    hashes = _hashed(pack([text.encode() for text in places]), salt)
    found = remainder(hashes, num_bins)[torch.tensor(which, dtype=torch.int64)]
    return found.reshape(texts.shape).to(current_device())


def bins_of_integers(numbers: torch.Tensor, num_bins: int, salt: Salt | None = None) -> torch.Tensor:
    """Return the bins of integers, those of their decimal forms, without waiting for the device that they lie on.

    Example:
        >>> bins_of_integers(torch.tensor([1, 2, -3]), 1000).tolist()
        [849, 759, 699]
    """
    hashes = _hashed(pack_decimals(numbers.reshape(-1)), salt)
    return remainder(hashes, num_bins).reshape(numbers.shape)


def checked_salt(kind: str, salt: Any) -> Salt | None:
    """Return a salt as two numbers.

    Raises:
        ValueError: it is neither None nor an int nor two of them.
    """
    if salt is None:
        return None
    if isinstance(salt, int) and not isinstance(salt, bool):
        return (salt, salt)
    if isinstance(salt, (tuple, list)) and len(salt) == 2 and all(isinstance(x, int) for x in salt):
        return (salt[0], salt[1])
    raise ValueError(
        f"The `salt` argument for `{kind}` can only be a tuple of size 2 integers, or a single integer. Received: "
        f"salt={salt}."
    )


def _hashed(packed: tuple[torch.Tensor, torch.Tensor], salt: Salt | None) -> torch.Tensor:
    return fingerprint64(*packed) if salt is None else siphash64(*packed, salt)
