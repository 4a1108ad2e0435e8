"""`Identity` passes any structure, and masks."""

from __future__ import annotations

import torch

from torchkeras_compat import Input, Model, layers


def test_structures_and_masks_pass() -> None:
    x = layers.Masking()(torch.tensor([[[1.0], [0.0]]]))
    assert layers.Identity()(x)._keras_mask.tolist() == [[True, False]]
    nested = {"a": torch.ones(1), "b": [torch.zeros(2)]}
    found = layers.Identity()(nested)
    assert found["a"].tolist() == [1.0] and found["b"][0].tolist() == [0.0, 0.0]


def test_in_a_functional_model() -> None:
    x = Input((None, 3), dtype="int32")
    y = layers.Identity(name="same")(x)
    assert y.shape == (None, None, 3) and y.dtype == "int32"
    assert Model(x, y)(torch.ones(2, 4, 3, dtype=torch.int32)).shape == (2, 4, 3)
    assert layers.Identity.from_config(layers.Identity(name="same").get_config()).name == "same"
