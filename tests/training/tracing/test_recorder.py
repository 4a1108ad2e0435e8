"""What the recorder notes, and what it refuses."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

from tests.training.tracing.recorded import names, record
from torchkeras_compat.random.seed_generator import SeedGenerator, torch_generator
from torchkeras_compat.training.tracing.recorder import Recorder


def test_forward_and_backward_pass_are_recorded():
    w = torch.randn(3, 1, requires_grad=True)

    def step(x):
        (x @ w).tanh().sum().backward()
        return (w.grad,)

    found = names(record(step, torch.randn(2, 3)))
    assert found.count("mm") == 2
    assert "tanh_backward" in found


def test_nothing_is_held_longer_than_the_step_holds_it():
    with Recorder([x := torch.randn(4)]) as recorder:
        y = x * 2
        seen = weakref.ref(y)
        z = y + 1
        del y
        gc.collect()
        assert seen() is None or len(recorder._values) == 2
    assert recorder.program({0: z}) is not None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (lambda x: x.sum().item(), "depend on the numbers"),
        (lambda x: bool((x > 0).all()), "depend on the numbers"),
        (lambda x: x[x > 0], "depend on the numbers"),
        (lambda x: x.nonzero(), "depend on the numbers"),
        (lambda x: x.tolist(), "tolist"),
        (lambda x: x.numpy(), "numpy"),
        (lambda x: x.data_ptr(), "data_ptr"),
        (lambda x: x.to_sparse(), "layout"),
        (lambda x: SeedGenerator(1).next(), "seed"),
    ],
)
def test_what_is_refused(code, reason):
    with Recorder([x := torch.ones(3)]) as recorder:
        code(x)
    assert reason in recorder.refusal
    assert recorder.program({}) is None


def test_a_tensor_that_stays_is_refused():
    kept = []
    with Recorder([x := torch.ones(3)]) as recorder:
        kept.append(x * 2)
        y = x + 1
    assert recorder.program({0: y}) is None
    assert "keeps a tensor" in recorder.refusal


def test_a_result_may_be_a_view_of_another_tensor():
    assert names(record(lambda x: ((x * 2).view(3, 2).t(),), torch.ones(2, 3))) == ["mul", "view", "t"]


def test_a_result_made_elsewhere_is_refused():
    with Recorder([torch.ones(3)]) as recorder:
        pass
    assert recorder.program({"it": torch.ones(1)}) is None
    assert "it was made where nothing is recorded" in recorder.refusal


def test_the_first_reason_stays():
    with Recorder([x := torch.ones(3)]) as recorder:
        x.sum().item(), x.tolist()
    assert "depend" in recorder.refusal


def test_seeds_are_calls_of_the_host_in_the_program():
    seeds = SeedGenerator(3)
    program = record(lambda x: (x * torch.rand(3, generator=torch_generator(seeds, x.device)),), torch.ones(3))
    assert [op.is_call for op in program.ops] == [True, False, False]
    assert seeds.state.tolist() == [3, 1]
    program.ops[0].function()
    assert seeds.state.tolist() == [3, 2]


def test_a_form_changed_in_place_is_another_value():
    program = record(lambda x: ((y := x * 2).t_(), y + 1)[1:], torch.ones(2, 3))
    assert [v.shape for op in program.ops for v in op.outputs] == [(2, 3), (3, 2), (3, 2)]


@pytest.mark.parametrize(
    ("do", "is_recorded"),
    [
        (lambda x: torch.tensor([2, 3])[0].item(), True),
        (lambda x: torch.linspace(0, 1, 3)[1].item(), True),
        (lambda x: torch.nonzero(torch.eye(2)).sum().item(), True),
        (lambda x: (torch.ones_like(x) * 2).sum().item(), True),
        (lambda x: torch.zeros(2).add_(1.0).sum().item(), True),
        (lambda x: x.sum().item(), False),
        (lambda x: (torch.ones(2) * x.sum()).sum().item(), False),
        (lambda x: torch.zeros(2).add_(x.sum()).sum().item(), False),
        (lambda x: torch.rand(2).sum().item(), False),
        (lambda x: torch.zeros(2).uniform_().sum().item(), False),
        (lambda x: (lambda known: (known[:1].copy_(x.sum()), known.sum().item())[1])(torch.zeros(2)), False),
    ],
)
def test_numbers_that_are_the_same_in_each_run_may_be_read(do, is_recorded):
    x = torch.ones(3)
    recorder = Recorder([x])
    with recorder:
        result = x * do(x)
    assert (recorder.program({0: result}) is not None) is is_recorded
