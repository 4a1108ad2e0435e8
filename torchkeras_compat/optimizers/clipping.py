"""Gradient clipping over lists of tensors: a few foreach passes, no value read."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def clip_by_value(gradients: Sequence[torch.Tensor], limit: float) -> list[torch.Tensor]:
    """Return the gradients with every element between ``-limit`` and ``limit``."""
    clipped = torch._foreach_clamp_min(list(gradients), -limit)
    torch._foreach_clamp_max_(clipped, limit)
    return list(clipped)


def clip_by_norm(
    gradients: Sequence[torch.Tensor], limit: float, owners: Sequence[int] | None = None
) -> list[torch.Tensor]:
    """Return the gradients scaled to an L2 norm of at most ``limit`` each: ``g * limit / max(norm(g), limit)``.

    Args:
        gradients: Gradients, one a tensor.
        limit: Largest norm, positive.
        owners: Numbers of the weights the tensors are parts of, for a norm over all parts; None if each is a whole one.
    """
    norms = list(torch._foreach_norm(list(gradients)))
    if owners is not None and len(set(owners)) < len(owners):
        squares: dict[int, torch.Tensor] = {}
        for owner, norm in zip(owners, norms, strict=True):
            square = norm.square()
            squares[owner] = squares[owner] + square if owner in squares else square
        norms = [squares[owner].sqrt() for owner in owners]
    scales = [limit / norm.clamp(min=limit) for norm in norms]
    return list(torch._foreach_mul(list(gradients), scales))


def clip_by_global_norm(gradients: Sequence[torch.Tensor], limit: float) -> list[torch.Tensor]:
    """Return the gradients scaled by one factor, so that the L2 norm of all together is at most ``limit``.

    If that norm is not finite, every gradient becomes NaN, as in Keras: an overflow stays visible.
    """
    if not gradients:
        return []
    gradients = list(gradients)
    norms = list(torch._foreach_norm(gradients))
    first = norms[0]
    is_mixed = any(n.device != first.device or n.dtype != first.dtype for n in norms)
    if is_mixed:
        norms = [n.to(first.device, torch.float32) for n in norms]
    norm = torch.linalg.vector_norm(torch.stack(norms), dtype=None if is_mixed else _wide(first.dtype))
    scale = limit / norm.clamp(min=limit) + (norm - norm)
    if is_mixed:
        return [g * scale.to(g.device, g.dtype) for g in gradients]
    return list(torch._foreach_mul(gradients, scale.to(first.dtype)))


def _wide(dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if dtype.itemsize < 4 else dtype
