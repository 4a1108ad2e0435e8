"""Connectionist temporal classification: the loss, and the decoding of its predictions."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import HALVES, as_float
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation

_PADDING = -1


def _at_least_float32(x: torch.Tensor) -> torch.Tensor:
    return x.float() if x.dtype in HALVES else x


def _loss_spec(target: Any, output: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    _check_batch("target", target, "output", output)
    dtype = standardize_dtype(output.dtype)
    return KerasTensor((output.shape[0],), "float32" if dtype in ("float16", "bfloat16") else dtype)


@operation(output_spec=_loss_spec)
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> torch.Tensor:
    """Return minus the log-probability of each label sequence, summed over all alignments.

    Args:
        target: Class indices, ``(batch, labels)``.
        output: Logits, ``(batch, steps, classes)``.
        target_length: Labels that count in each row, ``(batch,)``.
        output_length: Steps that count in each row, ``(batch,)``.
        mask_index: Class that stands for "no label".

    Returns:
        ``(batch,)``; infinite where there are fewer steps than the labels need.

    Raises:
        ValueError: the batch sizes differ.

    Example:
        >>> ctc_loss([[1]], torch.zeros(1, 1, 2), [1], [1])
        tensor([0.6931])

    Source: Graves et al. 2006.
    """
    target, output = convert_to_tensor(target), _at_least_float32(as_float(output))
    _check_batch("target", target, "output", output)
    return F.ctc_loss(
        torch.log_softmax(output, dim=-1).transpose(0, 1),
        target.to(torch.int64),
        convert_to_tensor(output_length).to(torch.int64),
        convert_to_tensor(target_length).to(torch.int64),
        blank=mask_index,
        reduction="none",
    )


def _check_batch(name: str, x: Any, other_name: str, other: Any) -> None:
    a, b = x.shape[0], other.shape[0]
    if a is not None and b is not None and a != b:
        raise ValueError(
            f"`{name}` and `{other_name}` must have the same first dimension, the batch. "
            f"Received: {name}.shape={tuple(x.shape)}, {other_name}.shape={tuple(other.shape)}"
        )


def _decode_spec(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[KerasTensor, KerasTensor]:
    paths = 1 if strategy == "greedy" else top_paths
    dtype = standardize_dtype(inputs.dtype)
    scores = KerasTensor((inputs.shape[0], paths), "float32" if dtype in ("float16", "bfloat16") else dtype)
    return KerasTensor((paths, *inputs.shape[:2]), "int32"), scores


@operation(output_spec=_decode_spec)
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the likeliest label sequences.

    Args:
        inputs: Logits, ``(batch, steps, classes)``.
        sequence_lengths: Steps that count in each row, ``(batch,)``.
        strategy: ``"greedy"`` for the likeliest class of each step, ``"beam_search"`` for the likeliest sequences over
            all their alignments. The latter runs on the CPU.
        beam_width: Sequences kept after each step of the beam search.
        top_paths: Sequences returned by the beam search.
        merge_repeated: Whether ``"greedy"`` takes a class repeated in successive steps as one label.
        mask_index: Class that stands for "no label".

    Returns:
        Labels ``(paths, batch, steps)`` in int32, padded with -1, and scores ``(batch, paths)``: log-probabilities of
        the beam search; for ``"greedy"`` minus the sum of the largest logits.

    Raises:
        ValueError: ``strategy`` is unknown.

    Example:
        >>> labels, scores = ctc_decode([[[0.0, 5.0], [0.0, 5.0], [5.0, 0.0]]], [3])
        >>> labels
        tensor([[[ 1, -1, -1]]], dtype=torch.int32)

    Source: greedy: Graves et al. 2006, section 3.2; beam search: Hannun et al. 2014, algorithm 1, without a language
    model.
    """
    inputs = _at_least_float32(as_float(inputs))
    lengths = convert_to_tensor(sequence_lengths).to(inputs.device)
    if strategy == "greedy":
        return _greedy(inputs, lengths, merge_repeated, mask_index)
    if strategy == "beam_search":
        return _beam_search(inputs, lengths, beam_width, top_paths, mask_index)
    raise ValueError(f"Invalid strategy {strategy!r}. Use 'greedy' or 'beam_search'.")


def _greedy(
    inputs: torch.Tensor, lengths: torch.Tensor, merge_repeated: bool, mask_index: int
) -> tuple[torch.Tensor, torch.Tensor]:
    steps = inputs.shape[1]
    position = torch.arange(steps, device=inputs.device)
    counts = position < lengths[:, None]  # (batch, steps)
    best, labels = inputs.max(dim=-1)
    scores = -torch.where(counts, best, 0).sum(dim=1, keepdim=True)
    kept = counts & (labels != mask_index)
    if merge_repeated:
        kept[:, 1:] &= labels[:, 1:] != labels[:, :-1]
    labels = torch.where(kept, labels, _PADDING)
    order = torch.where(kept, position, steps).argsort(dim=1, stable=True)  # labels to the front, in their order
    return labels.gather(1, order).to(torch.int32)[None], scores


def _beam_search(
    inputs: torch.Tensor, lengths: torch.Tensor, beam_width: int, top_paths: int, mask_index: int
) -> tuple[torch.Tensor, torch.Tensor]:
    batch, steps, _ = inputs.shape
    log_probabilities = torch.log_softmax(inputs, dim=-1).tolist()
    labels = torch.full((top_paths, batch, steps), _PADDING, dtype=torch.int32)
    scores = torch.full((batch, top_paths), -math.inf, dtype=inputs.dtype)
    for row, length in enumerate(lengths.tolist()):
        beams = _search(log_probabilities[row][:length], beam_width, mask_index)
        for path, (prefix, score) in enumerate(beams[:top_paths]):
            labels[path, row, : len(prefix)] = torch.tensor(prefix, dtype=torch.int32)
            scores[row, path] = score
    return labels.to(inputs.device), scores.to(inputs.device)


def _search(steps: list[list[float]], width: int, mask_index: int) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest prefixes of one row and their log-probabilities, best first.

    A beam keeps apart the alignments of a prefix that end in the mask from those that end in its last label: only
    after the former does a repeated label count as a new one.
    """
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -math.inf)}
    for step in steps:
        grown: dict[tuple[int, ...], tuple[float, float]] = {}

        def add(prefix: tuple[int, ...], masked: float, labelled: float, grown: dict = grown) -> None:
            before = grown.get(prefix, (-math.inf, -math.inf))
            grown[prefix] = (_log_add(before[0], masked), _log_add(before[1], labelled))

        for prefix, (masked, labelled) in beams.items():
            total = _log_add(masked, labelled)
            for label, p in enumerate(step):
                if label == mask_index:
                    add(prefix, total + p, -math.inf)
                elif prefix and label == prefix[-1]:
                    add(prefix, -math.inf, labelled + p)
                    add((*prefix, label), -math.inf, masked + p)
                else:
                    add((*prefix, label), -math.inf, total + p)
        beams = dict(sorted(grown.items(), key=lambda beam: -_log_add(*beam[1]))[:width])
    return [(prefix, _log_add(*ends)) for prefix, ends in beams.items()]


def _log_add(a: float, b: float) -> float:
    """``log(exp(a) + exp(b))``."""
    high, low = (a, b) if a > b else (b, a)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))
