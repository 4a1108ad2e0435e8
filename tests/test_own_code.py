"""What counts as the package's own."""

from __future__ import annotations

import torch

from torchkeras_compat import layers, losses, optimizers
from torchkeras_compat.own_code import is_own


class MyDense(layers.Dense):
    pass


def test_classes_and_functions_of_the_package_are_its_own():
    assert is_own(layers.Dense) and is_own(losses.mean_squared_error) and is_own(optimizers.Adam)


def test_what_others_define_is_theirs_whatever_its_base():
    for other in (MyDense, torch.nn.Linear, print, type("torchkeras_compat_like", (), {"__module__": None})):
        assert not is_own(other)
