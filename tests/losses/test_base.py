"""What the base classes do for losses that users write."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import losses
from torchkeras_compat.losses.base import LossFunctionWrapper


def test_the_mask_of_values_that_do_not_count_comes_from_the_function_too() -> None:
    def half(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        values = (y_true - y_pred).abs()
        values._keras_mask = torch.tensor([True, False])  # type: ignore[attr-defined]
        return values

    assert LossFunctionWrapper(half)(torch.zeros(2), torch.tensor([1.0, 5.0])) == pytest.approx(1.0)


NAMES = [name for name in dir(losses) if name[0].isupper() and hasattr(getattr(losses, name), "fn")]

# Classes whose function needs further arguments, or targets that are not one-hot, or returns a mean.
TAKES_OTHERS = (
    *("CTC", "CategoricalGeneralizedCrossEntropy", "Circle", "Dice", "SparseCategoricalCrossentropy", "Tversky"),
)


@pytest.mark.parametrize("name", NAMES)
def test_fn_is_the_function_of_a_loss(real_keras, name: str) -> None:
    loss, real = getattr(losses, name)(), getattr(real_keras.losses, name)()
    assert loss.fn.__name__ == real.fn.__name__
    if name not in (
        "CTC",
        "CategoricalGeneralizedCrossEntropy",
        "Circle",
        "SparseCategoricalCrossentropy",
        "Dice",
        "Tversky",
    ):
        y_true, y_pred = torch.eye(3), torch.full((3, 3), 1 / 3)
        torch.testing.assert_close(loss.fn(y_true, y_pred).mean(), loss(y_true, y_pred))


def test_every_loss_has_one() -> None:
    assert len(NAMES) == 22
