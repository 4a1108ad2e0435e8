"""Each change makes a program shorter, and leaves every bit as it was."""

from __future__ import annotations

import pytest
import torch

from tests.training.tracing.recorded import names, record
from torchkeras_compat.training.tracing.simplify import simplified, written_in_place
from torchkeras_compat.training.tracing.source import Function

W = torch.randn(4, 3)
STATE = torch.zeros(3)


def shorter(function, *inputs):
    """Names of the simplified program, whose function is compared with the recorded one."""
    program = record(function, *inputs)
    made = Function(program, list(program.results))
    with torch.no_grad():
        expected, found = function(*inputs), made.run(*inputs)
    for a, b in zip(expected, found, strict=True):
        assert torch.equal(a, b)
        assert a.stride() == b.stride()
    return names(simplified(program))


X = torch.randn(5, 4)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: (x.detach() * 1,), ["mul"]),
        (lambda x: (x.t().t() + 1,), ["add"]),
        (lambda x: (x.transpose(0, 1).transpose(1, 0) + 1,), ["add"]),
        (lambda x: (x.permute(1, 0).permute(1, 0) + 1,), ["add"]),
        (lambda x: (x.view(20).view(2, 10) + 1,), ["view", "add"]),
        (lambda x: (x.sum(0, keepdim=True).view(4),), ["sum"]),
        (lambda x: (x.sin() + x.sin() * x.sin(),), ["sin", "mul", "add"]),
        (lambda x: ((x * 2, x + 1)[1],), ["add"]),
        (lambda x: (x @ W,), ["mm"]),
        (lambda x: (x.t() @ x @ W.t().t(),), ["t", "mm", "mm"]),
        (lambda x: (x * torch.ones_like(x).sum().div(3).expand(4),), ["mul"]),
        (lambda x: ((x * 2).clone(),), ["mul"]),
        (lambda x: ((y := x * 2).clone(), y + 1), ["mul", "clone", "add"]),
        (lambda x: (torch.zeros(4).add_(x[0]),), ["select", "zeros", "add_"]),
    ],
)
def test_what_is_left(function, expected):
    assert sorted(shorter(function, X)) == sorted(expected)


def test_draws_are_kept_though_nobody_looks():
    assert "bernoulli" in shorter(lambda x: ((torch.bernoulli(x.abs().clamp(0, 1)), x + 1)[1],), X)


def test_writes_into_states_are_kept_and_in_order():
    def step(x):
        before = STATE.sum()
        STATE.add_(x.sum(0)[:3])
        return before, STATE.sum()

    program = record(step, X)
    run = Function(program, [0, 1]).run
    STATE.zero_()
    with torch.no_grad():
        before, after = run(X)
    assert before == 0
    assert after == X.sum(0)[:3].sum()
    assert names(simplified(program)).count("sum") == 3


def test_results_have_memory_of_their_own():
    program = record(lambda x: (x * 2, x * 2), X)
    a, b = Function(program, [0, 1]).run(X)
    assert a.data_ptr() != b.data_ptr()


def test_memory_is_written_again_only_when_nobody_reads_it():
    def step(x):
        a = x * 2
        b = torch.relu(a)  # `a` is read later
        c = torch.tanh(a)  # the last to read it
        return b + c, c * 1

    assert "tanh_" in names(written_in_place(simplified(record(step, X))))
    shorter(step, X)


def test_inputs_and_weights_are_never_written():
    program = written_in_place(simplified(record(lambda x: (torch.relu(x), torch.relu(W)), X)))
    assert names(program) == ["relu", "relu"]


def test_memory_seen_through_a_permuted_view_is_written_again():
    program = record(lambda x: (torch.relu((x * 2).view(5, 2, 2).permute(0, 2, 1)),), X)
    assert "relu_" in names(written_in_place(simplified(program)))
    shorter(lambda x: (torch.relu((x * 2).view(5, 2, 2).permute(0, 2, 1)),), X)


def test_a_part_of_memory_is_not_taken_for_all_of_it():
    def step(x):
        y = x * 2
        return (torch.relu(y[:2]) + y[3:],)

    shorter(step, X)


def test_views_of_what_was_dropped_keep_its_memory():
    def step(x):
        y = x * 2
        z = y.clone()
        view = z.view(4, 5)
        w = torch.tanh(z)  # `view` is read after it
        return (view.sum() + w.sum(),)

    shorter(step, X)

    def twice(x):
        a, b = x.sin(), x.sin()
        view = b.t()
        c = torch.exp(a)
        return (view.sum() + c.sum(),)

    shorter(twice, X)


def test_numbers_written_down_are_new_in_each_run():
    def step(x):
        total = torch.tensor(0.0)
        total += x.sum()
        return (total,)

    program = record(step, X)
    run = Function(program, [0]).run
    with torch.no_grad():
        assert run(X)[0] == run(X)[0] == X.sum()


def test_states_that_start_as_zeros_are_zeros_in_each_run():
    def step(x):
        h, c = torch.zeros(2, 5, 4).unbind(0)
        h = (h - x).mul_(x).add_(x)
        return (h + c,)

    run = Function(record(step, X), [0]).run
    with torch.no_grad():
        first, second = run(X)[0].clone(), run(X)[0]
    assert torch.equal(first, second)
    assert torch.equal(first, step(X)[0])


def test_zero_and_minus_zero_are_two_numbers():
    x = torch.tensor([-1.0])
    (a, b) = Function(record(lambda x: (1 / (x * 0.0), 1 / (x * -0.0)), x), [0, 1]).run(x)
    assert a == -b
