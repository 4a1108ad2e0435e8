"""Parameters in parts: no weight is split, and updates by parts are those in one piece."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import optimizers
from torchkeras_compat.optimizers import parts
from torchkeras_compat.optimizers.parts import parts_of


def test_parts_hold_a_limited_number_of_elements_or_one_weight():
    tensors = [torch.empty(n) for n in (3, 3, 9, 1, 1, 2, 2)]
    assert parts_of(tensors, range(7), 6) == [slice(0, 2), slice(2, 3), slice(3, 7)]
    assert parts_of(tensors, range(7), 100) == [slice(0, 7)]
    assert parts_of(tensors, [0, 0, 0, 1, 2, 2, 2], 4) == [slice(0, 3), slice(3, 7)]
    assert parts_of([], [], 4) == [slice(0, 0)]


@pytest.mark.parametrize("has_all_gradients", [True, False])
@pytest.mark.parametrize("name", ["Adadelta", "Adafactor", "Adagrad", "Ftrl", "Lamb", "Muon", "Nadam", "RMSprop"])
def test_updates_by_parts_are_those_in_one_piece(monkeypatch, name, has_all_gradients):
    results = []
    for largest in (10**6, 7):
        monkeypatch.setattr(parts, "LARGEST_ON_CPU", largest)
        parameters = [torch.nn.Parameter(torch.linspace(-1, 1, 6).reshape(2, 3) * i) for i in range(1, 6)]
        optimizer = getattr(optimizers, name)(0.1, weight_decay=0.01, params=parameters)
        assert (optimizer._parts is None) == (largest > 100)
        for step in range(3):
            for i, p in enumerate(parameters):
                p.grad = torch.linspace(1, 2, 6).reshape(2, 3) * (step - i)
            if not has_all_gradients:
                parameters[2].grad = None
            optimizer.step()
        results.append([p.detach() for p in parameters])
    # One batched product of matrices may round in another way than several.
    torch.testing.assert_close(*results, rtol=1e-5 if name == "Muon" else 0, atol=1e-6 if name == "Muon" else 0)
