"""Which weights decay."""

from __future__ import annotations

import torch

from torchkeras_compat import optimizers
from torchkeras_compat.variables import Variable


def test_weights_are_left_out_of_the_decay_by_name_or_object():
    v, w, x = (Variable([1.0], name=n) for n in ("kernel", "bias", "scale"))
    optimizer = optimizers.SGD(1.0, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[x], var_names=["^b"])
    optimizer.apply([torch.zeros(1)] * 3, [v, w, x])
    assert [float(u.numpy()[0]) for u in (v, w, x)] == [0.5, 1.0, 1.0]
