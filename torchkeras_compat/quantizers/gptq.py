"""GPTQ of one matrix: weights are rounded one after the other, and those that follow make up for the error."""

from __future__ import annotations

import torch

from torchkeras_compat.quantizers.grouped import dequantize_with_zero_point, group_parameters, quantize_with_zero_point

_BLOCK = 128


def gptq_quantize(
    weights: torch.Tensor,
    hessian: torch.Tensor,
    bits: int = 4,
    group_size: int = -1,
    symmetric: bool = False,
    per_channel: bool = True,
    activation_order: bool = False,
    damping: float = 0.01,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return integers, scales and zero points of a matrix that keep its product with the inputs.

    With ``U`` upper triangular and ``U' U`` the inverse of the Hessian, feature ``q`` of all units is rounded, and the
    features after it take over what that changes in the product::

        error = (W[:, q] - rounded) / U[q, q]
        W[:, q + 1:] -= error * U[q, q + 1:]

    As in the authors' code, the scale of a group is that of its weights when the block of 128 features that it starts
    in is begun. Keras 3.15 takes the inverse of the Hessian itself for ``U``, which counts features that are already
    rounded as if they could still move: where inputs depend on each other, its product is off by up to half as much
    again, and often by more than that of plainly rounded weights.

    Args:
        weights: ``(units, features)``, floating point.
        hessian: ``(features, features)``, the inputs' ``X' X`` for ``X (samples, features)``, in any scale.
        bits: Bits of an integer, 1 to 8.
        group_size: Features, in the order in which they are rounded, that share a scale and a zero point; -1 for all.
        symmetric: Whether ranges are symmetric about 0.
        per_channel: Whether each unit has its own scales.
        activation_order: Whether features of the largest inputs come first.
        damping: Fraction of the mean of the Hessian's diagonal that is added to it.

    Returns:
        The integers ``(units, features)`` in uint8; the scale and the zero point, ``(units, groups)``; the group of
        each feature.

    Raises:
        ValueError: the Hessian has another size than the weights, or is not positive definite.

    Example:
        >>> weights, x = torch.randn(3, 8), torch.randn(100, 8)
        >>> values, scale, zero, g_idx = gptq_quantize(weights, x.T @ x, group_size=4)
        >>> values.shape, scale.shape, g_idx.tolist()
        (torch.Size([3, 8]), torch.Size([3, 2]), [0, 0, 0, 0, 1, 1, 1, 1])

    Source: Frantar et al. 2022, algorithm 1.
    """
    units, features = weights.shape
    if hessian.shape != (features, features):
        raise ValueError(f"Weights of shape {tuple(weights.shape)} have no Hessian of shape {tuple(hessian.shape)}.")
    hessian = hessian.float().clone()
    diagonal = hessian.diagonal()
    diagonal[diagonal == 0] = 1  # of inputs that were always 0
    order = torch.arange(features, device=weights.device)
    if activation_order:
        order = torch.argsort(diagonal, descending=True, stable=True)
    w, hessian = weights.detach().float()[:, order], hessian[order][:, order]
    hessian.diagonal().add_(damping * hessian.diagonal().mean())
    upper = _inverse_factor(hessian)

    size = features if group_size == -1 else group_size
    values, scales, zeros = torch.empty_like(w), [], []
    for start in range(0, features, _BLOCK):
        end = min(start + _BLOCK, features)
        block, errors = w[:, start:end].clone(), w.new_empty(units, end - start)
        for i in range(start, end):
            if i % size == 0:
                scale, zero, maxq = group_parameters(w[:, i : i + size], bits, symmetric, per_channel=per_channel)
                scales.append(scale)
                zeros.append(zero)
            column, row = block[:, i - start : i - start + 1], upper[i : i + 1, i:end]
            rounded = quantize_with_zero_point(column, scale, zero, maxq)
            values[:, i : i + 1] = rounded
            error = (column - dequantize_with_zero_point(rounded, scale, zero)) / row[:, :1]
            block[:, i - start :] -= error * row
            errors[:, i - start : i - start + 1] = error
        w[:, end:] -= errors @ upper[start:end, end:]
    back = torch.argsort(order)
    g_idx = torch.div(back, size, rounding_mode="floor")
    return values[:, back].to(torch.uint8), torch.cat(scales, 1), torch.cat(zeros, 1), g_idx


def _inverse_factor(hessian: torch.Tensor) -> torch.Tensor:
    """Return the upper triangular ``U`` with ``U' U`` the inverse, without making that."""
    try:
        # Where J turns the order around and J H J = L L', the factor is J inverse(L) J.
        lower = torch.linalg.cholesky(hessian.flip(0, 1))
    except torch.linalg.LinAlgError as error:
        raise ValueError(
            "The Hessian of the inputs is not positive definite: there are too few samples, or inputs that are not"
            " finite. Raise `hessian_damping` or `num_samples`."
        ) from error
    identity = torch.eye(len(hessian), device=hessian.device, dtype=hessian.dtype)
    inverse: torch.Tensor = torch.linalg.solve_triangular(lower, identity, upper=False)
    return inverse.flip(0, 1)
