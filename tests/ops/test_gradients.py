from __future__ import annotations

import pytest
import torch

from torchkeras_compat.ops.gradients import custom_gradient, jvp, stop_gradient
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_stop_gradient():
    x = torch.ones(2, requires_grad=True)
    (stop_gradient(x) * x).sum().backward()
    assert torch.equal(x.grad, torch.ones(2))
    assert stop_gradient(KerasTensor((None, 2))).shape == (None, 2)


@pytest.mark.parametrize("keyword", [False, True])
def test_custom_gradient_replaces_that_of_the_formula(keyword):
    @custom_gradient
    def log1pexp(x):
        e = torch.exp(x)

        def positional(upstream):
            return upstream * (1 - 1 / (1 + e))

        def by_keyword(*, upstream):
            return positional(upstream)

        return torch.log(1 + e), by_keyword if keyword else positional

    x = torch.tensor(100.0, requires_grad=True)
    log1pexp(x).backward()
    assert x.grad == 1  # the formula's own is NaN


def test_custom_gradient_of_several_arguments_and_results():
    @custom_gradient
    def f(x, factor, y=None):
        return [x * factor, y + 1], lambda dx, dy: (dx * 10, None, dy * 100)

    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    a, b = f(x, 3, y=y)
    (a + b).sum().backward()
    assert a.tolist() == [3, 3] and b.tolist() == [2, 2]
    assert x.grad.tolist() == [10, 10] and y.grad.tolist() == [100, 100]


def test_jvp():
    value, slope, aux = jvp(lambda x, y: (x * y, x + y), (2.0, 3.0), (1, 1), has_aux=True)
    assert (value.item(), slope.item(), aux.item()) == (6, 5, 5)
    x = KerasTensor((None, 7))
    assert [t.shape for t in jvp(torch.sin, (x,), (x,))] == [(None, 7)] * 2
    with pytest.raises(ValueError, match="1 primals, 2 tangents"):
        jvp(torch.sin, (1.0,), (1.0, 2.0))
