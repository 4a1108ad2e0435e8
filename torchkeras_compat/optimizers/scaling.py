"""Passes over lists of tensors with a factor: a float of the host, or a tensor without axes on their device.

Eager updates know their factors on the host, where they cost no kernel. A captured graph repeats what it saw, so there
each factor is a tensor, into which the host writes before the graph is replayed.
"""

from __future__ import annotations

from typing import TypeAlias

import torch

Number: TypeAlias = float | torch.Tensor
Tensors: TypeAlias = list[torch.Tensor] | tuple[torch.Tensor, ...]


def add_scaled_(tensors: Tensors, others: Tensors, factor: Number) -> None:
    """``t += factor * o``."""
    if isinstance(factor, torch.Tensor):
        torch._foreach_add_(tensors, torch._foreach_mul(others, factor))
    else:
        torch._foreach_add_(tensors, others, alpha=factor)


def add_(tensors: Tensors, number: Number) -> None:
    """``t += number``."""
    if isinstance(number, torch.Tensor):
        torch.ops.aten._foreach_add_.Tensor(tensors, number)  # torch's own choice would be to read the number
    else:
        torch._foreach_add_(tensors, number)


def add_ratio_(tensors: Tensors, tops: Tensors, bottoms: Tensors, factor: Number) -> None:
    """``t += factor * top / bottom``."""
    if isinstance(factor, torch.Tensor):
        terms = torch._foreach_mul(tops, factor)
        torch._foreach_div_(terms, bottoms)
        torch._foreach_add_(tensors, terms)
    else:
        torch._foreach_addcdiv_(tensors, tops, bottoms, factor)


def add_product_(tensors: Tensors, ones: Tensors, others: Tensors, factor: Number) -> None:
    """``t += factor * one * other``."""
    if isinstance(factor, torch.Tensor):
        terms = torch._foreach_mul(ones, factor)
        torch._foreach_mul_(terms, others)
        torch._foreach_add_(tensors, terms)
    else:
        torch._foreach_addcmul_(tensors, ones, others, factor)


def lerp_(tensors: Tensors, ends: Tensors, weight: Number) -> None:
    """``t += weight * (end - t)``; exactly ``end`` for a weight of 1, exactly ``t`` for one of 0."""
    if isinstance(weight, torch.Tensor):
        torch._foreach_lerp_(tensors, ends, [weight] * len(tensors))
    else:
        torch._foreach_lerp_(tensors, ends, weight)
