"""Connectionist temporal classification: its loss and decoding."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.legacy.backend.operands import floats, tensor
from torchkeras_compat.ops.ctc import ctc_decode as decode
from torchkeras_compat.ops.ctc import ctc_loss
from torchkeras_compat.symbolic.operation import operation, plain


@operation
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> torch.Tensor:
    """Return minus the log-probability of the labels of each sample.

    Args:
        y_true: Integer labels, ``(batch, labels)``. The last class is the blank.
        y_pred: Probabilities, ``(batch, steps, classes)``, as a softmax gives them.
        input_length: Steps that count in each sample, ``(batch, 1)``.
        label_length: Labels that count in each sample, ``(batch, 1)``.

    Returns:
        Tensor of shape ``(batch, 1)``.

    Example:
        >>> one = torch.tensor([[1]])
        >>> ctc_batch_cost(torch.tensor([[0]]), torch.tensor([[[0.5, 0.5]]]), one, one)
        tensor([[0.6931]])

    Source: Keras 2.3 API, backend.ctc_batch_cost; Graves et al. 2006.
    """
    logits = torch.log(floats(y_pred) + config.epsilon())
    lengths = [tensor(n).reshape(-1).to(torch.int64) for n in (label_length, input_length)]
    if logits.is_meta:
        return logits[:, 0, :1]
    losses: torch.Tensor = plain(ctc_loss)(tensor(y_true).long(), logits, *lengths, mask_index=logits.shape[-1] - 1)
    return losses.unsqueeze(1)


@operation
def ctc_decode(
    y_pred: Any,
    input_length: Any,
    greedy: bool = True,
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = False,
) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Return the likeliest label sequences.

    Args:
        y_pred: Probabilities, ``(batch, steps, classes)``, the last class the blank.
        input_length: Steps that count in each sample, ``(batch,)``.
        greedy: Whether the likeliest class of each step is taken; else a beam search is made.
        beam_width: Sequences kept by the beam search.
        top_paths: Sequences returned by the beam search.
        merge_repeated: Of the beam search; only False, the default, is supported.

    Returns:
        A list with one tensor of labels ``(batch, steps)`` for each sequence, padded with -1, and a tensor of scores:
        log-probabilities ``(batch, top_paths)``, or for ``greedy`` minus the sum of the logs ``(batch, 1)``.

    Raises:
        ValueError: ``merge_repeated`` is set for a beam search.

    Example:
        >>> labels, score = ctc_decode(torch.tensor([[[0.9, 0.1], [0.2, 0.8]]]), torch.tensor([2]))
        >>> labels[0]
        tensor([[ 0, -1]])

    Source: Keras 2.3 API, backend.ctc_decode.
    """
    logits = torch.log(floats(y_pred) + config.epsilon())
    if merge_repeated and not greedy:
        raise ValueError(
            "`ctc_decode` with merge_repeated=True and a beam search merges equal neighbors in its results, which this"
            " package does not do. Leave it out and merge them yourself, or use greedy=True."
        )
    lengths = tensor(input_length).reshape(-1)
    if logits.is_meta:
        batch, steps, _ = logits.shape
        paths = 1 if greedy else top_paths
        return [logits.new_empty(batch, steps, dtype=torch.int64)] * paths, logits.new_empty(batch, paths)
    strategy = "greedy" if greedy else "beam_search"
    if not greedy:
        logits = torch.log_softmax(logits, -1)
    labels, scores = plain(decode)(
        logits, lengths, strategy, beam_width, top_paths, True, mask_index=logits.shape[-1] - 1
    )
    return [path.long() for path in labels], scores


def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> torch.Tensor:
    """Return the labels that count as a sparse tensor of torch.

    Args:
        labels: Integers, ``(batch, labels)``.
        label_lengths: How many count in each row, ``(batch,)``.

    Returns:
        Sparse COO tensor of the shape of the labels.

    Example:
        >>> ctc_label_dense_to_sparse(torch.tensor([[1, 2], [3, 0]]), torch.tensor([2, 1])).values()
        tensor([1, 2, 3])

    Source: Keras 2.3 API, backend.ctc_label_dense_to_sparse.
    """
    dense, lengths = tensor(labels), tensor(label_lengths).reshape(-1, 1)
    counts = torch.arange(dense.shape[1], device=dense.device) < lengths.to(dense.device)
    places = counts.nonzero().t()
    return torch.sparse_coo_tensor(places, dense[counts], tuple(dense.shape), check_invariants=True).coalesce()
