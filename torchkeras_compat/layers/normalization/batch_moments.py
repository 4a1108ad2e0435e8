"""Batch statistics where torch's kernel has none: of unmasked steps, of one value, renormalized."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config


def batch_moments(x: torch.Tensor, dims: tuple[int, ...], mask: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and population variance over ``dims``, which stay with size 1, of the values that are not masked.

    Args:
        x: Tensor of at least float32.
        dims: Axes to reduce.
        mask: Weight of each value, usually boolean; its axes are the first ones of ``x``, and broadcast. None for all.
    """
    if mask is None:
        variance, mean = torch.var_mean(x, dim=dims, correction=0, keepdim=True)
        return mean, variance
    weight = mask.to(device=x.device, dtype=x.dtype)
    weight = weight.reshape(tuple(weight.shape) + (1,) * (x.ndim - weight.ndim))
    # An axis along which the mask broadcasts counts as often as the input is long there.
    repeats = 1
    for d in dims:
        repeats *= x.shape[d] if weight.shape[d] == 1 else 1
    total = (weight.sum(dim=dims, keepdim=True) * repeats).clamp_min(config.epsilon())
    mean = (x * weight).sum(dim=dims, keepdim=True) / total
    variance = ((x - mean).square() * weight).sum(dim=dims, keepdim=True) / total
    return mean, variance


def check_clipping(renorm_clipping: Any) -> dict[str, float]:
    """Return the bounds of batch renormalization.

    Raises:
        TypeError: they are not a dict.
        ValueError: a key is unknown, or the bounds contradict each other.
    """
    if renorm_clipping is None:
        return {}
    if not isinstance(renorm_clipping, dict):
        raise TypeError(f"`renorm_clipping` must be a dict or None. Received: renorm_clipping={renorm_clipping!r}")
    unknown = sorted(set(renorm_clipping) - {"rmax", "rmin", "dmax"})
    if unknown:
        raise ValueError(
            f"Received invalid keys for `renorm_clipping`: {unknown}. Supported values are 'rmax', 'rmin' and 'dmax'."
        )
    rmax, rmin, dmax = (renorm_clipping.get(key) for key in ("rmax", "rmin", "dmax"))
    if rmax is not None and rmin is not None and rmax < rmin:
        raise ValueError(
            "rmax should be greater than rmin in the `renorm_clipping` argument. Received:"
            f" renorm_clipping={renorm_clipping}"
        )
    if dmax is not None and dmax < 0:
        raise ValueError(
            "dmax should be non-negative in the `renorm_clipping` argument. Received:"
            f" renorm_clipping={renorm_clipping}"
        )
    return dict(renorm_clipping)


def correction(
    mean: torch.Tensor,
    stddev: torch.Tensor,
    renorm_mean: torch.Tensor,
    renorm_stddev: torch.Tensor,
    clipping: dict[str, float],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``r`` and ``d``: constants that turn values normalized by the batch into ones normalized by averages.

    Source: Ioffe 2017, algorithm 1.
    """
    with torch.no_grad():
        r = stddev / renorm_stddev
        d = (mean - renorm_mean) / renorm_stddev
        if {"rmin", "rmax"} & clipping.keys():
            r = r.clamp(clipping.get("rmin"), clipping.get("rmax"))
        if "dmax" in clipping:
            d = d.clamp(-clipping["dmax"], clipping["dmax"])
        return r, d
