"""Whole sequences through torch's fused recurrent kernels, under any mask, without waiting for the device."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import torch
from torch import nn

# Large enough to close a gate exactly in every floating point type, small enough for float16.
_CLOSED = 1e4


def run_fused(
    module: nn.RNNBase,
    sequences: torch.Tensor,
    states: list[torch.Tensor] | None,
    mask: torch.Tensor | None,
    wants_sequences: bool,
    wants_states: bool,
) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
    """Run a one-layer ``torch.nn.LSTM``, ``GRU`` or ``RNN``.

    A masked step leaves the states as they are, so the steps that count give the same when they stand together: they
    are moved to the front, the kernel runs over everything, and what it made of the rest is never read.

    Args:
        module: The module, with ``batch_first=True``.
        sequences: ``(batch, steps, features)``.
        states: States to start from, each ``(batch, units)``; None for zeros.
        mask: ``(batch, steps)`` of bool; None if all steps count.
        wants_sequences: Whether the outputs of all steps are asked for.
        wants_states: Whether the cell state of an LSTM is asked for, which costs more under a mask.

    Returns:
        The first state after each step, ``(batch, steps, units)``, or under a mask perhaps only after the last one,
        ``(batch, 1, units)``; and the states after the last one, None for a cell state that was not asked for.
    """
    is_lstm = isinstance(module, nn.LSTM)
    start = None if states is None else [s.to(sequences.dtype).unsqueeze(0).contiguous() for s in states]
    hx = None if start is None else tuple(start) if is_lstm else start[0]
    if mask is None:
        outputs, last = module(sequences, hx)
        return outputs, [s[0] for s in last] if is_lstm else [last[0]]
    if torch.compiler.is_exporting() and _writes_onnx():
        order = _counted_first(mask)
    else:
        order = mask.to(torch.uint8).argsort(dim=1, descending=True, stable=True)
    front = _take_steps(sequences, order)
    cell_state = None
    if is_lstm and wants_states:
        outputs, cell_state = _run_keeping_cell_state(module, front, hx, mask.gather(1, order))
    else:
        outputs = module(front, hx)[0]
    reached = mask.cumsum(1)  # how many steps counted so far
    if not wants_sequences:
        reached = reached[:, -1:]
    before = outputs.new_zeros(()) if start is None else start[0][0].to(outputs.dtype).unsqueeze(1)
    outputs = _take_steps(outputs, (reached - 1).clamp_min(0))
    outputs = torch.where((reached > 0).unsqueeze(-1), outputs, before)
    return outputs, [outputs[:, -1], cell_state] if is_lstm else [outputs[:, -1]]


def _writes_onnx() -> bool:
    return "torch.onnx" in sys.modules and torch.onnx.is_in_onnx_export()


_writes_onnx._dynamo_marked_constant = True  # type: ignore[attr-defined]  # see `device.current_device`


def _counted_first(mask: torch.Tensor) -> torch.Tensor:
    """Return the stable order in which True comes first, by operations of ONNX; up to ten times slower than sorting."""
    counted, others = mask.cumsum(1), (~mask).cumsum(1)
    places = torch.where(mask, counted, counted[:, -1:] + others) - 1
    steps = torch.arange(mask.shape[1], device=mask.device).expand_as(places)
    return torch.zeros_like(places).scatter(1, places, steps)


def _take_steps(sequences: torch.Tensor, steps: torch.Tensor) -> torch.Tensor:
    """Return the steps ``(batch, n)`` of each sequence: whole rows, which is faster both ways than `gather`."""
    batch, length = sequences.shape[:2]
    rows = torch.arange(batch, device=steps.device).unsqueeze(1) * length + steps
    return sequences.flatten(0, 1).index_select(0, rows.flatten()).reshape(*steps.shape, *sequences.shape[2:])


def _run_keeping_cell_state(
    module: nn.RNNBase, sequences: torch.Tensor, hx: Any, mask: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Run an LSTM whose cell state stays as it is at masked steps, which come last.

    The kernel returns every hidden state but the last cell state only. One more feature, 1 at masked steps, shuts
    their input gates and opens their forget gates, exactly and with gradients of exactly zero.
    """
    units = module.hidden_size
    weight, *others = (getattr(module, name) for name in module._flat_weights_names)
    push = weight.new_zeros(4, units)
    push[0], push[1] = -_CLOSED, _CLOSED  # torch's gates: input, forget, new, output
    weights = [torch.cat((weight, push.reshape(-1, 1)), 1), *others]
    padded = torch.cat((sequences, (~mask).unsqueeze(-1).to(sequences.dtype)), -1)
    if hx is None:
        zeros = sequences.new_zeros(1, sequences.shape[0], units)
        hx = (zeros, zeros)
    # cuDNN would warn about, and copy, weights that do not lie in one block; torch's own kernel takes them as they are.
    plain = torch.backends.cudnn.flags(enabled=False) if sequences.is_cuda else contextlib.nullcontext()
    with plain:
        outputs, _, cell = torch._VF.lstm(padded, hx, weights, module.bias, 1, 0.0, module.training, False, True)
    return outputs, cell[0]
