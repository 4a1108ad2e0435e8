"""Updates in graphs that are replayed: recorded once on the CPU, as a CUDA graph is, beside eager updates."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from tests.recorded_graph import RecordedGraph, captured, refusing_reads
from torchkeras_compat import optimizers
from torchkeras_compat.optimizers.replayable import NotReplayable, Replayable, why_not_replayable
from torchkeras_compat.optimizers.schedules import ExponentialDecay, LearningRateSchedule
from torchkeras_compat.testing.devices import stand_in_device
from torchkeras_compat.variables import Variable

NAMES = ("Adadelta Adafactor Adagrad Adam Adamax AdamW Ftrl Lamb Lion Muon Nadam RMSprop SGD ScheduleFreeAdamW").split()
OPTIONS: list[dict[str, Any]] = [
    {},
    {"clipnorm": 0.5, "weight_decay": 0.1},
    {"clipvalue": 0.1, "loss_scale_factor": 4.0},
    {"global_clipnorm": 0.5, "gradient_accumulation_steps": 3, "weight_decay": 0.1},
    {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
    {"use_ema": True, "gradient_accumulation_steps": 2},
]
STEPS = 9


class OwnRate(LearningRateSchedule):
    def __call__(self, step):
        return 0.1 / (1 + torch.as_tensor(step))


class OfTorch(optimizers.TorchOptimizer):
    def make_torch_optimizer(self, parameters, learning_rate):
        return torch.optim.Adam(parameters, lr=learning_rate)


class OwnUpdate(optimizers.Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        self.assign_sub(variable, learning_rate * gradient / (int(self.iterations) + 1))


def decaying() -> Any:
    return ExponentialDecay(0.1, 2, 0.5)


def several() -> Any:
    return optimizers.MultiOptimizer(
        optimizers.OptimizerMap(optimizers.SGD(decaying(), momentum=0.9), {"bias": optimizers.Nadam(0.1)}),
        loss_scale_factor=2.0,
    )


def scaled(inner: Any) -> Any:
    return optimizers.LossScaleOptimizer(inner, initial_scale=4.0, dynamic_growth_steps=2)


MAKERS = {
    **{
        f"{name}-{'-'.join(options)}": lambda name=name, options=options: getattr(optimizers, name)(
            decaying(), **options
        )
        for name in NAMES
        for options in OPTIONS
    },
    **{
        f"scaled {name}-{'-'.join(options)}": lambda name=name, options=options: scaled(
            getattr(optimizers, name)(0.1, **options)
        )
        for name in NAMES
        for options in (OPTIONS[1], OPTIONS[5])
    },
    "momentum": lambda: optimizers.SGD(decaying(), momentum=0.9),
    "nesterov": lambda: optimizers.SGD(decaying(), momentum=0.9, nesterov=True),
    "amsgrad": lambda: optimizers.Adam(decaying(), amsgrad=True),
    "centered": lambda: optimizers.RMSprop(decaying(), momentum=0.9, centered=True),
    "warmup": lambda: optimizers.ScheduleFreeAdamW(0.1, warmup_steps=4),
    "own schedule": lambda: optimizers.Adam(OwnRate()),
    "callable": lambda: optimizers.Adam(lambda: 0.05),
    "no rate": lambda: optimizers.Ftrl(0.0),
    "several": several,
    "scaled several": lambda: scaled(several()),
    "Keras 2": lambda: optimizers.deserialize({"class_name": "LegacyAdam", "config": {"decay": 0.1}}),
}
# To the bit but for these. Eager, one instruction multiplies and adds there; in a graph a product is rounded first.
ROUNDED = ("Ftrl", "momentum", "several", "Muon", "Adadelta", "SGD", "Lion")


class Problem:
    """Parameters with gradients that differ from step to step, always in the same memory."""

    def __init__(self, make: Any, dtype: torch.dtype = torch.float32, device: str = "cpu") -> None:
        generator = torch.Generator().manual_seed(0)
        shapes = {"kernel": (4, 5), "bias": (5,), "cube": (3, 4, 2)}
        values = [torch.randn(shape, generator=generator) for shape in shapes.values()]
        self.parameters = [torch.nn.Parameter(torch.empty(v.shape, dtype=dtype, device=device)) for v in values]
        with torch.no_grad():
            for p, value in zip(self.parameters, values, strict=True):
                p.copy_(value)
        self.optimizer = make()
        self.optimizer.build(
            [Variable.over([({"value": p}, {})], ["value"], name=n) for p, n in zip(self.parameters, shapes)]
        )
        for p in self.parameters:
            p.grad = torch.zeros_like(p)

    def set_gradients(self, step: int) -> None:
        generator = torch.Generator().manual_seed(step + 1)
        overflows = isinstance(self.optimizer, optimizers.LossScaleOptimizer) and step in (0, 3, 4)
        for p in self.parameters:
            assert p.grad is not None
            new = torch.randn(p.shape, generator=generator) * (torch.inf if overflows else 8.0)
            p.grad.copy_(new.to(p.device))

    def state(self) -> list[torch.Tensor]:
        variables = [torch.as_tensor(v.numpy()) for v in self.optimizer.variables]
        return [*(p.detach().clone() for p in self.parameters), *variables]


def eager(make: Any, dtype: torch.dtype = torch.float32) -> list[list[torch.Tensor]]:
    problem, seen = Problem(make, dtype), []
    for step in range(STEPS):
        problem.set_gradients(step)
        problem.optimizer.step()
        seen.append(problem.state())
    return seen


def replayed(make: Any, dtype: torch.dtype = torch.float32) -> tuple[list[list[torch.Tensor]], int]:
    """What a training loop does, and the number of graphs."""
    problem, seen = Problem(make, dtype), []
    replayable, graphs = Replayable(problem.optimizer), {}
    for step in range(STEPS):
        problem.set_gradients(step)
        key = replayable.advance()
        if key in graphs:
            graphs[key].replay()
        else:
            graphs[key] = captured(replayable.update)
        seen.append(problem.state())
    return seen, len(graphs)


@pytest.mark.parametrize("case", MAKERS)
def test_replayed_updates_have_the_numbers_of_eager_ones(case):
    seen, graphs = replayed(MAKERS[case])
    is_rounded = any(name in case for name in ROUNDED) or case.startswith("scaled")
    tolerance = {"rtol": 2e-5, "atol": 1e-6} if is_rounded else {"rtol": 0, "atol": 0}
    torch.testing.assert_close(seen, eager(MAKERS[case]), **tolerance)
    assert graphs <= 4  # first update, accumulation, averages that are taken over


@pytest.mark.parametrize(
    "case", ["Adam-", "Adamax-", "momentum", "Lamb-clipnorm-weight_decay", "scaled Adam-clipnorm-weight_decay"]
)
def test_double_precision_stays_double(case):
    seen, _ = replayed(MAKERS[case], torch.float64)
    torch.testing.assert_close(seen, eager(MAKERS[case], torch.float64), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", ["Adam-", "several", "scaled", "Adam-use_ema-gradient_accumulation_steps"])
def test_several_updates_lie_in_one_graph(case):
    make = MAKERS.get(case, lambda: scaled(optimizers.SGD(0.1)))
    problem = Problem(make)
    replayable = Replayable(problem.optimizer, updates=3)
    steps = iter(range(STEPS))
    # Gradients of each update come from the graph too, as they do in a whole step.
    batches = [[torch.zeros_like(p) for p in problem.parameters] for _ in range(3)]

    def run() -> None:
        for batch in batches:
            for p, g in zip(problem.parameters, batch, strict=True):
                assert p.grad is not None
                p.grad.copy_(g)
            replayable.update()

    graphs: dict[Any, RecordedGraph] = {}
    for _ in range(STEPS // 3):
        for batch in batches:
            problem.set_gradients(next(steps))
            for p, g in zip(problem.parameters, batch, strict=True):
                g.copy_(p.grad)
        key = replayable.advance()
        if key in graphs:
            graphs[key].replay()
        else:
            with torch.no_grad():
                graphs[key] = captured(run)
    torch.testing.assert_close(problem.state(), eager(make)[-1], rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("case", ["Adam-", "Ftrl-", "scaled several"])
def test_a_traced_graph_repeats_updates(case):
    problem = Problem(MAKERS[case])
    replayable, graphs = Replayable(problem.optimizer), {}
    for step in range(STEPS):
        problem.set_gradients(step)
        key = replayable.advance()
        if key not in graphs:  # tracing makes the update, too
            graphs[key] = make_fx(lambda unused: replayable.update())(torch.zeros(1))
        else:
            with torch.no_grad():
                graphs[key](torch.zeros(1))
    torch.testing.assert_close(problem.state(), eager(MAKERS[case])[-1], rtol=2e-5, atol=1e-6)


# An own schedule computes with tensors on the CPU, whose values may be read there.
@pytest.mark.parametrize("case", [c for c in MAKERS if c != "own schedule" and ("scaled" in c or c.endswith("-"))])
def test_on_an_accelerator_nothing_is_read_and_no_tensor_of_the_cpu_is_met(case):
    """On the stand-in device, where reading a value, or two devices in one operation, is an error."""
    with stand_in_device() as device:
        problem = Problem(MAKERS[case], device=device)
        replayable = Replayable(problem.optimizer)
        with torch.no_grad(), refusing_reads() as seen:
            replayable.advance()
            replayable.update()
    assert seen


@pytest.mark.cuda
@pytest.mark.parametrize("case", MAKERS)
def test_a_cuda_graph_repeats_updates(case):
    """Beside eager updates on the GPU, which know their numbers from the host."""
    problem, expected = Problem(MAKERS[case], device="cuda"), Problem(MAKERS[case], device="cuda")
    replayable, graphs = Replayable(problem.optimizer), {}
    for step in range(STEPS):
        for one in (problem, expected):
            one.set_gradients(step)
        expected.optimizer.step()
        key = replayable.advance()
        if key not in graphs:
            torch.cuda.synchronize()
            graphs[key] = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graphs[key]):
                replayable.update()
        graphs[key].replay()
        torch.testing.assert_close(problem.state(), expected.state(), rtol=2e-5, atol=1e-6)


@pytest.mark.cuda
@pytest.mark.parametrize("case", [c for c in MAKERS if "accumulation" not in c and "ema" not in c])
def test_no_update_waits_for_the_gpu(case):
    problem = Problem(MAKERS[case], device="cuda")
    replayable = Replayable(problem.optimizer)
    problem.set_gradients(1)
    problem.optimizer.step()
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(2):
            problem.optimizer.step()
            replayable.advance()
            replayable.update()
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_eager_and_replayed_updates_take_turns():
    for case in ("Nadam-", "Adam-use_ema-gradient_accumulation_steps", "scaled"):
        make = MAKERS.get(case, lambda: scaled(optimizers.Adam(0.1)))
        problem, expected = Problem(make), eager(make)
        replayable, graphs = Replayable(problem.optimizer), {}
        for step in range(STEPS):
            problem.set_gradients(step)
            if step % 3 == 0:
                problem.optimizer.step()
            else:
                key = replayable.advance()
                if key in graphs:
                    graphs[key].replay()
                else:
                    graphs[key] = captured(replayable.update)
            torch.testing.assert_close(problem.state(), expected[step], rtol=1e-6, atol=1e-7)


def test_what_is_set_between_replays_has_effect():
    """The learning rate needs no new graph; a momentum, which kernels receive from the host, gets one."""
    problem, other = (Problem(lambda: optimizers.Adam(0.1)) for _ in range(2))
    replayable, graphs = Replayable(problem.optimizer), {}
    for step, (rate, beta) in enumerate([(0.1, 0.9), (0.2, 0.9), (0.05, 0.9), (0.05, 0.5), (0.1, 0.5)]):
        for one in (problem, other):
            one.set_gradients(step)
            one.optimizer.learning_rate, one.optimizer.beta_1 = rate, beta
        other.optimizer.step()
        key = replayable.advance()
        if key in graphs:
            graphs[key].replay()
        else:
            graphs[key] = captured(replayable.update)
        torch.testing.assert_close(problem.state(), other.state(), rtol=0, atol=0)
    assert len(graphs) == 2


def test_a_failed_capture_is_taken_back():
    for make in (lambda: optimizers.Nadam(0.1), several, lambda: scaled(optimizers.Adam(0.1))):
        problem, expected = Problem(make), eager(make)
        replayable = Replayable(problem.optimizer)
        for step in range(STEPS):
            problem.set_gradients(step)
            replayable.advance()
            replayable.take_back()
            problem.optimizer.step()
        torch.testing.assert_close(problem.state(), expected[-1], rtol=0, atol=0)


def test_parameters_without_gradients_are_skipped():
    states = []
    for replays in (False, True):
        problem = Problem(lambda: optimizers.Adam(0.1, weight_decay=0.1, clipnorm=1.0))
        problem.parameters[1].grad = None
        assert problem.parameters[0].grad is not None
        problem.parameters[0].grad.fill_(1.0)
        if replays:
            replayable = Replayable(problem.optimizer)
            replayable.advance()
            replayable.update()
        else:
            problem.optimizer.step()
        states.append(problem.state())
    torch.testing.assert_close(states[0], states[1], rtol=0, atol=0)


def test_updates_that_nobody_decided_about_are_refused():
    problem = Problem(lambda: optimizers.SGD(0.1))
    replayable = Replayable(problem.optimizer)
    with pytest.raises(RuntimeError, match=r"Call `advance\(\)` first.*1 update"):
        replayable.update()
    replayable.advance()
    for p in problem.parameters:
        p.grad = None
    with pytest.raises(RuntimeError, match=f"'{problem.optimizer.name}' has a gradient"):
        replayable.update()


def with_hook() -> Any:
    optimizer = optimizers.SGD(0.1)
    optimizer.register_step_post_hook(lambda *args: None)
    return optimizer


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: OwnUpdate(0.1), "updates by `update_step` of OwnUpdate"),
        (lambda: OfTorch(0.1), "by an optimizer of another library"),
        (with_hook, "has hooks"),
        (lambda: scaled(OwnUpdate(0.1)), "updates by `update_step` of OwnUpdate"),
    ],
)
def test_what_computes_on_the_host_is_refused(make, reason):
    with pytest.raises(NotReplayable, match=reason):
        Replayable(Problem(make).optimizer)


def test_other_weights_and_optimizers_are_refused():
    weight = torch.nn.Parameter(torch.ones(2))
    assert "SGD of torch.optim computes" in str(why_not_replayable(torch.optim.SGD([weight])))
    assert "is not built" in str(why_not_replayable(optimizers.SGD(0.1)))
    half = optimizers.SGD(0.1, params=[torch.nn.Parameter(torch.ones(2, dtype=torch.bfloat16))])
    assert "torch.bfloat16 on cpu" in str(why_not_replayable(half))
    accumulating = scaled(optimizers.SGD(0.1, gradient_accumulation_steps=2))
    accumulating.build([weight])
    assert why_not_replayable(accumulating) is None
    assert "may leave updates out" in str(why_not_replayable(accumulating, updates=2))


def test_the_weights_may_not_move():
    problem = Problem(lambda: optimizers.SGD(0.1))
    replayable = Replayable(problem.optimizer)
    problem.optimizer._tensors[:] = [torch.nn.Parameter(p.detach().to("meta")) for p in problem.parameters]
    with pytest.raises(RuntimeError, match="lay on cpu and lie on meta"):
        replayable.advance()
