from __future__ import annotations

import itertools
import math

import pytest
import torch

from torchkeras_compat.ops import ctc
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

LOGITS = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(0))
LENGTHS = [4, 3]


def collapsed(path, mask):
    return tuple(label for label, _ in itertools.groupby(path) if label != mask)


def by_enumeration(row, length, mask):
    """Log-probability of every label sequence, over all alignments."""
    log_p = torch.log_softmax(LOGITS[row, :length], -1)
    totals = {}
    for path in itertools.product(range(3), repeat=length):
        labels = collapsed(path, mask)
        totals[labels] = totals.get(labels, 0.0) + math.exp(sum(log_p[t, c].item() for t, c in enumerate(path)))
    return {labels: math.log(p) for labels, p in totals.items()}


@pytest.mark.parametrize("mask", [0, 2])
def test_beam_search_finds_the_likeliest_sequences(mask):
    labels, scores = ctc.ctc_decode(LOGITS, LENGTHS, "beam_search", beam_width=200, top_paths=4, mask_index=mask)
    assert labels.shape == (4, 2, 4) and scores.shape == (2, 4)
    for row, length in enumerate(LENGTHS):
        best = sorted(by_enumeration(row, length, mask).items(), key=lambda item: -item[1])[:4]
        for path, (expected, score) in enumerate(best):
            assert tuple(x for x in labels[path, row].tolist() if x >= 0) == expected
            assert scores[row, path].item() == pytest.approx(score, abs=1e-5)


@pytest.mark.parametrize("mask", [0, 1, 2])
def test_loss_is_minus_the_log_probability(mask):
    classes = [c for c in range(3) if c != mask]
    target = torch.tensor([classes, classes[::-1]])
    loss = ctc.ctc_loss(target, LOGITS, [2, 1], LENGTHS, mask_index=mask)
    expected = [-by_enumeration(0, 4, mask)[tuple(classes)], -by_enumeration(1, 3, mask)[(classes[1],)]]
    assert loss.tolist() == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("merge_repeated", [True, False])
@pytest.mark.parametrize("mask", [0, 2])
def test_greedy_as_in_keras(real_keras, merge_repeated, mask):
    arguments = {"merge_repeated": merge_repeated, "mask_index": mask}
    for a, b in zip(
        ctc.ctc_decode(LOGITS, LENGTHS, **arguments), real_keras.ops.ctc_decode(LOGITS, LENGTHS, **arguments)
    ):
        torch.testing.assert_close(a, b.cpu(), check_dtype=False)


def test_symbolic_shapes_and_dtypes():
    labels, scores = ctc.ctc_decode(KerasTensor((None, 5, 3), "float16"), KerasTensor((None,)), "beam_search", 10, 2)
    assert (labels.shape, labels.dtype) == ((2, None, 5), "int32")
    assert (scores.shape, scores.dtype) == ((None, 2), "float32")
    loss = ctc.ctc_loss(KerasTensor((None, 2)), KerasTensor((None, 5, 3)), KerasTensor((None,)), KerasTensor((None,)))
    assert loss.shape == (None,)


def test_bad_arguments():
    with pytest.raises(ValueError, match="Invalid strategy 'best'"):
        ctc.ctc_decode(LOGITS, LENGTHS, "best")
    with pytest.raises(ValueError, match=r"target.shape=\(1, 2\), output.shape=\(2, 4, 3\)"):
        ctc.ctc_loss([[1, 2]], LOGITS, [2], LENGTHS)
