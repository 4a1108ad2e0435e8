"""Scopes in which variables have other values."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.stateless_scope import StatelessScope
from torchkeras_compat.variables import Variable


def test_a_stateless_scope_keeps_updates_apart():
    v, w = Variable(1.0), Variable(2.0)
    with StatelessScope([(v, 10.0)]) as scope:
        assert float(v) == 10.0
        w.assign(v.value + 1)
        with StatelessScope() as inner:
            v.assign(0.0)
            assert float(v) == 0.0
        assert float(v) == 10.0
    assert (float(v), float(w)) == (1.0, 2.0)
    assert float(scope.get_current_value(w)) == 11.0
    assert float(inner.get_current_value(v)) == 0.0
    assert inner.get_current_value(w) is None


def test_a_stateless_scope_takes_variables_only():
    with pytest.raises(ValueError, match="Invalid reference variable"):
        StatelessScope([(torch.ones(1), 1.0)])
    with pytest.raises(ValueError, match="initialize_variables=False"):
        StatelessScope(initialize_variables=False)


def test_losses_are_collected_where_asked_for():
    class Penalized(layers.Layer):
        def call(self, x):
            self.add_loss(x.sum())
            return x

    layer = Penalized()
    with StatelessScope(collect_losses=True) as scope:
        layer(torch.ones(2, 2))
    with StatelessScope() as other:
        layer(torch.ones(3, 2))
    assert [float(loss) for loss in scope.losses] == [4.0] and other.losses == []
