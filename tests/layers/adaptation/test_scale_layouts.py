"""Layouts of scales, there and back."""

from __future__ import annotations

import torch

from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layers.adaptation.scale_layouts import AlignedScale, Squeezed


def test_a_scale_of_the_kernel_shows_the_axes_of_the_output() -> None:
    layout, scale = AlignedScale(Contraction("abc,cde->abde")), torch.rand(1, 3, 4)
    shown = layout.to_keras(scale)
    assert shown.shape == (1, 1, 3, 4)
    assert torch.equal(layout.to_torch(shown)[0], scale)


def test_an_axis_of_size_1_is_not_shown() -> None:
    layout, scale = Squeezed(1), torch.rand(5, 1)
    assert torch.equal(layout.to_keras(scale), scale[:, 0])
    assert torch.equal(layout.to_torch(scale[:, 0])[0], scale)
