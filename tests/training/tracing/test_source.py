"""Programs as Python functions."""

from __future__ import annotations

import weakref

import torch

from tests.training.tracing.recorded import record
from torchkeras_compat.training.tracing.source import Function


def test_a_line_an_operation_and_memory_given_back():
    program = record(lambda x: (torch.sin(torch.cos(x)),), torch.ones(3))
    function = Function(program, [0])
    lines = function.source.splitlines()
    assert lines[0] == "def run(x0):"
    assert len([line for line in lines if " = " in line]) == 2
    assert lines[-1].strip().startswith("return (")
    assert any(line.strip().startswith("del") for line in lines)


def test_several_results_lists_of_tensors_and_special_numbers():
    def step(x):
        values, places = torch.cat([x, x * float("inf")]).topk(2)
        return values, places, torch.stack(x.unbind())

    x = torch.tensor([1.0, 2.0])
    found = Function(record(step, x), [0, 1, 2]).run(x)
    for a, b in zip(found, step(x), strict=True):
        assert torch.equal(a, b)


def test_intermediate_memory_is_freed_while_it_runs():
    alive = []
    x = torch.ones(1000)

    class Seen(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            out = func(*args, **(kwargs or {}))
            alive.append(weakref.ref(out))
            return out

    function = Function(record(lambda x: (torch.cumsum(torch.cumsum(torch.cumsum(x, 0), 0), 0).sum(),), x), [0])
    with torch.no_grad(), Seen():
        function.run(x)
        assert sum(r() is not None for r in alive) <= 1
