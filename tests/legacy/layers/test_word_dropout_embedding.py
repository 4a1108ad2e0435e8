"""`WordDropoutEmbedding`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.word_dropout_embedding import WordDropoutEmbedding


def test_words_are_dropped_whole_and_everywhere() -> None:
    torch.manual_seed(0)
    layer = WordDropoutEmbedding(50, 3, dropout=0.4, weights=[np.ones((50, 3))])
    words = torch.arange(50).repeat(2, 1)
    rows = layer(words, training=True)
    assert torch.equal(rows[0], rows[1])  # one mask for the table
    assert all(len(set(row)) == 1 for row in rows[0].tolist())
    assert set(rows[0, :, 0].tolist()) == {0.0, float(np.float32(1) / np.float32(0.6))}
    assert torch.equal(layer(words, training=False), torch.ones(2, 50, 3))


def test_the_expectation_stays() -> None:
    torch.manual_seed(0)
    layer = WordDropoutEmbedding(2000, 1, dropout=0.3, weights=[np.ones((2000, 1))])
    assert layer(torch.arange(2000), training=True).mean().item() == pytest.approx(1.0, abs=0.05)


def test_masks_and_gradients() -> None:
    layer = WordDropoutEmbedding(5, 2, dropout=0.5, mask_zero=True)
    layer(torch.tensor([[0, 1]]), training=True).sum().backward()
    assert layer.compute_mask(torch.tensor([[0, 1]])).tolist() == [[False, True]]
    assert layer.trainable_weights[0].value.grad is not None


def test_round_trip(tmp_path: Path) -> None:
    check_round_trip(WordDropoutEmbedding(5, 3, dropout=0.2), torch.tensor([[1, 2]], dtype=torch.int32), tmp_path)


def test_a_bad_fraction() -> None:
    with pytest.raises(ValueError, match="rate=1.5"):
        WordDropoutEmbedding(5, 3, dropout=1.5)
