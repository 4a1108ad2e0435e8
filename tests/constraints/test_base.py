"""Names of constraints, and constraints of one's own."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import constraints


@pytest.mark.parametrize("name", ["max_norm", "min_max_norm", "non_neg", "unit_norm", "MaxNorm", "NonNeg"])
def test_names_mean_the_same_as_in_keras(real_keras, name):
    mine = constraints.get(name)
    assert type(mine).__name__ == type(real_keras.constraints.get(name)).__name__
    assert getattr(constraints, name) is type(mine)


def test_own_constraints():
    class Rounded(constraints.Constraint):
        def __call__(self, w):
            return w.round()

    assert constraints.get(Rounded)(torch.tensor([0.6])).tolist() == [1.0]
    w = torch.ones(2)
    assert constraints.Constraint()(w) is w
    assert constraints.get(None) is None
    with pytest.raises(ValueError, match="Did you mean 'max_norm'"):
        constraints.get("max_nrm")
