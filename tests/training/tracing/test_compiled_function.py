"""Programs as graphs for `torch.compile`."""

from __future__ import annotations

import pytest
import torch

from tests.training.tracing.recorded import record
from torchkeras_compat.random.seed_generator import SeedGenerator, torch_generator
from torchkeras_compat.training.tracing.compiled_function import CompiledFunction, graph_module, why_not_compiled
from torchkeras_compat.training.tracing.simplify import simplified

X = torch.randn(6, 3, 2, 2)


def test_the_graph_computes_the_program_and_writes_what_it_writes():
    norm = torch.nn.BatchNorm2d(3)
    program = simplified(record(lambda x: ((norm(x) * 2).detach(),), X))
    mean = norm.running_mean.clone()
    module = graph_module(program, [0])
    with torch.no_grad():
        (found,) = module(X)
        expected = norm(X) * 2
    torch.testing.assert_close(found, expected)
    assert any("_native_batch_norm_legit" in str(n.target) for n in module.graph.nodes)
    assert not torch.equal(mean, norm.running_mean)


def test_running_statistics_are_updated_by_the_compiled_graph():
    norms = [torch.nn.BatchNorm2d(3), torch.nn.BatchNorm2d(3)]
    program = simplified(record(lambda x: (norms[0](x).detach(),), X))
    norms[1](X)
    compiled = torch.compile(graph_module(program, [0]), backend="aot_eager", fullgraph=True)
    with torch.no_grad():
        compiled(X)
    norms[1](X)
    torch.testing.assert_close(norms[0].running_var, norms[1].running_var)


def test_what_is_not_compiled_is_said():
    seeds = SeedGenerator(1)
    drawn = record(lambda x: (x * torch.rand(2, generator=torch_generator(seeds, x.device)),), X)
    assert "seed" in why_not_compiled(drawn)
    assert why_not_compiled(record(lambda x: (x * 2,), X)) is None


def test_a_compiler_that_fails_is_a_warning(monkeypatch):
    def broken(*_):
        raise RuntimeError("no compiler")

    monkeypatch.setattr(torch, "compile", lambda *_, **__: broken)
    program = record(lambda x: (x * 2,), X)
    function = CompiledFunction(program, [0], lambda x: (x * 2,), None)
    with pytest.warns(UserWarning, match="no compiler"):
        assert torch.equal(function(X)[0], X * 2)
    assert torch.equal(function(X)[0], X * 2)
