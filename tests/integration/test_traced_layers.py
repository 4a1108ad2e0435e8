"""Every public layer in a model that trains: the traced step computes the bits of the step as it is."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.test_layers import TABLE
from tests.training.tracing.agreement import assert_equal, both
from torchkeras_compat import Model, layers

# Why the step of a model with the layer is not traced.
NOT_TRACED = {
    **dict.fromkeys(("AugMix", "RandAugment"), "`Tensor.tolist`"),  # the host draws which images are changed how
    "CategoryEncoding": "aten._local_scalar_dense",  # it looks whether the integers are in range
    **dict.fromkeys(("StringLookup", "TextVectorization"), "other things than tensors"),
}


class Net(Model):
    """A layer, and a dense one on all that it gives."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer
        self.scale = layers.Dense(1, use_bias=False)
        self.head = layers.Dense(2)

    def call(self, inputs: Any) -> torch.Tensor:
        if isinstance(inputs, (list, tuple)):
            inputs = [self.scale(x.unsqueeze(-1)).squeeze(-1) if x.is_floating_point() else x for x in inputs]
        elif isinstance(inputs, torch.Tensor) and inputs.is_floating_point():
            inputs = self.scale(inputs.unsqueeze(-1)).squeeze(-1)
        outputs = self.layer(inputs)
        if isinstance(outputs, (list, tuple)):
            outputs = outputs[0]
        return self.head(outputs.reshape(outputs.shape[0], -1).to(torch.float32))


@pytest.mark.filterwarnings("ignore:Gradients do not exist")  # for `scale`, below a layer of integers
@pytest.mark.parametrize("name", sorted(TABLE))
def test_the_traced_step_computes_the_same_bits(name, early):
    case = TABLE[name]
    torch.manual_seed(0)
    net = Net(case.make())
    net(case.inputs())
    batches = []
    for _ in range(9):
        x = case.inputs()
        first = x[0] if isinstance(x, (list, tuple)) else x
        batches.append((x, torch.randn(len(first), 2)))
    eager, traced = both(net, batches, lambda m: m.compile("adam", "mse", metrics=["mae"]))
    assert_equal(eager, traced)
    if name in NOT_TRACED:
        assert NOT_TRACED[name] in (traced.step.refusal or "")
    else:
        assert traced.step.refusal is None
        assert traced.is_traced
