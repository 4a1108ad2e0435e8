from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import crossentropies as K


@pytest.mark.parametrize("function", [K.categorical_crossentropy, K.sparse_categorical_crossentropy])
def test_an_axis_that_predictions_do_not_have_is_refused(function) -> None:
    with pytest.raises(ValueError, match=r"Unexpected axis: 2. Predictions of shape \(1, 2\)"):
        function(torch.tensor([0]), torch.ones(1, 2), axis=2)


def test_ignored_samples_have_no_gradient() -> None:
    logits = torch.zeros(2, 2, requires_grad=True)
    losses = K.sparse_categorical_crossentropy(torch.tensor([-1, 0]), logits, from_logits=True, ignore_class=-1)
    losses.sum().backward()
    assert losses.tolist()[0] == 0.0
    assert logits.grad is not None
    assert logits.grad[0].tolist() == [0.0, 0.0]


def test_integer_targets_are_taken() -> None:
    found = K.binary_crossentropy(torch.tensor([1, 0]), torch.tensor([0.8, 0.3]))
    assert torch.allclose(found, -torch.tensor([0.8, 0.7]).log(), atol=1e-6)
