"""Scaled dot product attention."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat import config
from torchkeras_compat.dtypes.promotion import result_type
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _shape_of_query(query: Any, key: Any, value: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    return KerasTensor((*query.shape[:-1], value.shape[-1]), result_type(query.dtype, key.dtype, value.dtype))


@operation(output_spec=_shape_of_query)
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> torch.Tensor:
    """Return ``softmax(query @ key.T * scale + bias) @ value`` for each head.

    Computes through ``torch.nn.functional.scaled_dot_product_attention``, which chooses flash, memory-efficient or
    plain attention.

    Args:
        query: ``(batch, steps, heads, features)``.
        key: ``(batch, source steps, key heads, features)``; the heads are a multiple of the key heads.
        value: ``(batch, source steps, key heads, features)``.
        bias: Added to the scores; broadcasts to ``(batch, heads, steps, source steps)``.
        mask: Boolean, True where a step attends to a source step; broadcasts likewise.
        scale: Factor of the scores; None for ``1 / sqrt(features)``.
        is_causal: Whether a step attends to no later one.
        flash_attention: True to insist on flash attention, False to do without, None to let torch choose.
        attn_logits_soft_cap: Bounds the scores to ``cap * tanh(scores / cap)``.

    Returns:
        ``(batch, steps, heads, features)``.

    Raises:
        ValueError: the inputs do not have four axes; flash attention is asked for with a bias, mask or cap.
        RuntimeError: flash attention is asked for where this device or dtype has none.

    Example:
        >>> q = torch.zeros(1, 2, 1, 4)
        >>> dot_product_attention(q, q, torch.ones(1, 2, 1, 4)).shape
        torch.Size([1, 2, 1, 4])

    Source: Vaswani et al. 2017, eq. 1; cap: Gemma Team 2024, section 2.
    """
    query, key, value = as_pair(query, key, value, minimum=float)
    if not query.ndim == key.ndim == value.ndim == 4:
        raise ValueError(
            "`dot_product_attention` needs inputs of shape (batch, steps, heads, features). Received: "
            f"query.shape={tuple(query.shape)}, key.shape={tuple(key.shape)}, value.shape={tuple(value.shape)}"
        )
    if flash_attention and (bias is not None or mask is not None or attn_logits_soft_cap is not None):
        raise ValueError(
            "Flash attention takes no bias, mask or cap. Use flash_attention=None, or is_causal=True for a causal mask."
        )
    grouped = query.shape[2] != key.shape[2]
    query, key, value = (x.transpose(1, 2) for x in (query, key, value))
    if attn_logits_soft_cap is not None:
        out = _capped(query, key, value, bias, mask, scale, is_causal, attn_logits_soft_cap)
        return out.transpose(1, 2)
    summand: torch.Tensor | None = None
    if mask is not None and bias is None:
        query, summand = hide(query, _allowed(query, key, mask, is_causal))
    elif bias is not None:
        summand = _combined(query, key, bias, mask, is_causal)
    with attention_kernels(config.is_flash_attention_enabled() if flash_attention is None else flash_attention):
        out = F.scaled_dot_product_attention(
            query, key, value, summand, is_causal=is_causal and summand is None, scale=scale, enable_gqa=grouped
        )
    return out.transpose(1, 2)


def attention_kernels(flash_attention: bool | None) -> contextlib.AbstractContextManager:
    """The kernels that may run; torch's own choice costs nothing."""
    if flash_attention is None:
        return contextlib.nullcontext()
    from torch.nn.attention import SDPBackend, sdpa_kernel  # only an explicit choice needs it

    if flash_attention:
        return sdpa_kernel(SDPBackend.FLASH_ATTENTION)
    return sdpa_kernel([SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH])


def _allowed(query: torch.Tensor, key: torch.Tensor, mask: Any, is_causal: bool) -> Any:
    """Mask and causality as one boolean mask, None if there is neither."""
    allowed = None if mask is None else convert_to_tensor(mask, "bool")
    if is_causal:
        causal = query.new_ones(query.shape[-2], key.shape[-2], dtype=torch.bool).tril()
        allowed = causal if allowed is None else allowed & causal
    return allowed


def _combined(query: torch.Tensor, key: torch.Tensor, bias: Any, mask: Any, is_causal: bool) -> torch.Tensor:
    """Bias, mask and causality as one summand of the scores."""
    allowed = _allowed(query, key, mask, is_causal)
    bias = convert_to_tensor(bias, query.dtype)
    return bias if allowed is None else torch.where(allowed, bias, torch.finfo(bias.dtype).min * 0.7)


def hide(query: torch.Tensor, allowed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a query and a mask for torch's kernel that hide what is not ``allowed``, as Keras does.

    A step that may attend to nothing gets the average of all values, and not zeros or NaN.

    Args:
        query: ``(batch, heads, steps, features)``.
        allowed: Boolean, broadcasts to ``(batch, heads, steps, source steps)``.
    """
    if not torch.is_grad_enabled():
        # Not infinity: what is left of the scores is then the same everywhere.
        return query, torch.where(allowed, allowed.new_zeros((), dtype=query.dtype), torch.finfo(query.dtype).min * 0.7)
    # The kernels' backward pass takes all weights of such a step for 1: in numbers that large it cannot see that they
    # are many. Zero times the query has the same average, and right gradients.
    some = allowed.any(dim=-1, keepdim=True)
    return query * some, allowed | ~some


def _capped(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    bias: Any,
    mask: Any,
    scale: float | None,
    is_causal: bool,
    cap: float,
) -> torch.Tensor:
    if query.shape[1] != key.shape[1]:
        key, value = (x.repeat_interleave(query.shape[1] // x.shape[1], dim=1) for x in (key, value))
    scores = query @ key.mT * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    scores = cap * torch.tanh(scores / cap)
    if bias is not None or mask is not None or is_causal:
        zero = scores.new_zeros(()) if bias is None else bias
        scores = scores + _combined(query, key, zero, mask, is_causal)
    return torch.softmax(scores, dim=-1) @ value
