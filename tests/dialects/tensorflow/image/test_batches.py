"""One image or a batch."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.image.batches import as_batch, at_least_images


def test_one_image_becomes_a_batch_and_back() -> None:
    batch, restore = as_batch(torch.ones(2, 3, 1), "resize")
    assert batch.shape == (1, 2, 3, 1)
    assert restore(batch).shape == (2, 3, 1)
    batch, restore = as_batch(torch.ones(5, 2, 3, 1), "resize")
    assert restore(batch).shape == (5, 2, 3, 1)


def test_other_ranks_are_refused() -> None:
    with pytest.raises(ValueError, match=r"`tf.image.resize` takes images .* Received shape \(2, 3\)"):
        as_batch(torch.ones(2, 3), "resize")
    with pytest.raises(ValueError, match=r"Received: \(3,\)"):
        at_least_images(torch.ones(3), "adjust_contrast")
