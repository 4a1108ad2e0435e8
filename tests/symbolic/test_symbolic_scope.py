from __future__ import annotations

import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.symbolic.symbolic_scope import SymbolicScope, in_symbolic_scope


def test_a_scope_is_open_until_it_ends_however_it_ends():
    assert ours.SymbolicScope is SymbolicScope and not in_symbolic_scope()
    with pytest.raises(KeyError), SymbolicScope() as scope:
        assert isinstance(scope, SymbolicScope)
        with SymbolicScope():
            pass
        assert in_symbolic_scope()
        raise KeyError
    assert not in_symbolic_scope()


def test_shape_inference_counts_as_one():
    seen = []

    class Looks(layers.Layer):
        def call(self, x):
            seen.append(in_symbolic_scope())
            return x * 2

    layer = Looks()
    layer(ours.Input((3,)))
    layer(torch.ones(2, 3))
    assert seen[0] is True and seen[-1] is False
