"""Layouts: from the array that Keras shows to the tensors of torch and back."""

from __future__ import annotations

import torch

from torchkeras_compat.layouts import Concatenated, Permuted, Reshaped


def test_a_permutation_goes_there_and_back():
    x = torch.randn(2, 3, 4)
    layout = Permuted(2, 0, 1)
    torch.testing.assert_close(layout.to_torch(layout.to_keras(x))[0], x)
    assert layout.to_keras(x).shape == (4, 2, 3)


def test_a_reshaped_tensor_is_a_view():
    tensor = torch.arange(6.0)
    layout = Reshaped(2, 3)
    shown = layout.to_keras(tensor)
    assert shown.shape == (2, 3)
    assert shown.data_ptr() == tensor.data_ptr()
    assert torch.equal(layout.to_torch(shown)[0], tensor)


def test_tensors_of_several_shapes_come_one_after_the_other():
    tensors = torch.ones(2, 2), torch.zeros(3)
    layout = Concatenated([t.shape for t in tensors])
    row = layout.to_keras(*tensors)
    assert row.tolist() == [1, 1, 1, 1, 0, 0, 0]
    for again, tensor in zip(layout.to_torch(row), tensors, strict=True):
        assert torch.equal(again, tensor)
