"""What the base classes do for losses that users write."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.losses.base import LossFunctionWrapper


def test_the_mask_of_values_that_do_not_count_comes_from_the_function_too() -> None:
    def half(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        values = (y_true - y_pred).abs()
        values._keras_mask = torch.tensor([True, False])  # type: ignore[attr-defined]
        return values

    assert LossFunctionWrapper(half)(torch.zeros(2), torch.tensor([1.0, 5.0])) == pytest.approx(1.0)
