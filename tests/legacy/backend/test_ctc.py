from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import ctc as K
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_training_reaches_the_predictions() -> None:
    logits = torch.rand(2, 5, 4, requires_grad=True)
    lengths = torch.tensor([[5], [4]]), torch.tensor([[2], [1]])
    K.ctc_batch_cost(torch.tensor([[0, 1], [2, 0]]), torch.softmax(logits, -1), *lengths).mean().backward()
    assert logits.grad is not None
    assert logits.grad.abs().sum() > 0


def test_a_recorded_loss_has_one_column() -> None:
    tensors = [placeholder((None, 3)), placeholder((None, 5, 4)), placeholder((None, 1)), placeholder((None, 1))]
    assert K.ctc_batch_cost(*tensors).shape == (None, 1)
    labels, scores = K.ctc_decode(tensors[1], placeholder((None,)), greedy=False, top_paths=2)
    assert [x.shape for x in labels] == [(None, 5), (None, 5)]
    assert scores.shape == (None, 2)


def test_merging_the_results_of_a_beam_search_is_refused() -> None:
    with pytest.raises(ValueError, match="merge_repeated=True and a beam search"):
        K.ctc_decode(torch.ones(1, 2, 2), torch.tensor([2]), greedy=False, merge_repeated=True)
