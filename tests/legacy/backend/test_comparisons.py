from __future__ import annotations

import math

import torch

from torchkeras_compat.legacy.backend import comparisons as K


def test_targets_outside_of_the_classes_are_not_among_the_largest() -> None:
    scores = torch.tensor([[0.1, 0.9]]).repeat(3, 1)
    assert K.in_top_k(scores, torch.tensor([1, -1, 2]), 1).tolist() == [True, False, False]


def test_what_is_not_finite_is_not_among_the_largest() -> None:
    # tf.keras 2.15.1
    scores = torch.tensor([[0.3, 0.3, math.nan], [math.inf, 0.3, 0.1]])
    assert K.in_top_k(scores, torch.tensor([0, 1]), 3).tolist() == [False, False]


def test_equal_predictions_all_count() -> None:
    assert K.in_top_k(torch.full((1, 3), 0.5), torch.tensor([2]), 1).tolist() == [True]


def test_places_are_int64_as_in_tensorflow() -> None:
    x = torch.tensor([[1.0, 5.0, 5.0]])
    assert K.argmax(x).dtype == torch.int64
    assert K.argmax(x).tolist() == [1]
    assert K.argmin(x, axis=0).tolist() == [0, 0, 0]
