"""Comparison of outputs, with messages that show shapes, dtypes and the largest difference."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.testing.check import fail


def tensors(value: Any) -> list[torch.Tensor]:
    """Return the tensors of a nested structure."""
    return [leaf for leaf in pytree.tree_leaves(value) if isinstance(leaf, torch.Tensor)]


def floats(value: Any) -> list[torch.Tensor]:
    """Return the floating point tensors of a nested structure."""
    return [leaf for leaf in tensors(value) if leaf.is_floating_point()]


def check_equal(what: str, found: Any, expected: Any, *, rtol: float = 1e-4, atol: float = 1e-5) -> None:
    """Fail unless two nested structures of tensors agree.

    Args:
        what: What differs if they do not: ``"the output of the copy differs from that of the original"``.
        found: One structure.
        expected: The other.
        rtol: Largest relative difference; the default leaves room for another order of sums in float32.
        atol: Largest absolute difference.
    """
    left, right = tensors(found), tensors(expected)
    if len(left) != len(right):
        fail(what, f"{len(left)} tensors and {len(right)}")
    for a, b in zip(left, right):
        if a.shape != b.shape:
            fail(what, f"shapes {tuple(a.shape)} and {tuple(b.shape)}")
        if a.dtype != b.dtype:
            fail(what, f"dtypes {a.dtype} and {b.dtype}")
        if not torch.allclose(a.double(), b.double(), rtol=rtol, atol=atol, equal_nan=True):
            fail(what, f"a largest difference of {(a.double() - b.double()).abs().max().item():.3g}")


def check_finite(what: str, value: Any) -> None:
    """Fail if a tensor holds NaN or infinity."""
    for x in floats(value):
        if not torch.isfinite(x).all():
            bad = "NaN" if x.isnan().any() else "infinity"
            fail(f"{what} holds {bad}", f"a tensor of shape {tuple(x.shape)} and dtype {x.dtype}")
