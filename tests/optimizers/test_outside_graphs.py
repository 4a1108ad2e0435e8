"""Optimizers under `torch.compile` and CUDA graph capture: the numbers of eager steps, or a clear refusal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from torch._dynamo.exc import Unsupported
from torch._subclasses.fake_tensor import FakeTensorMode

from torchkeras_compat import Input, Sequential, Variable, layers, optimizers
from torchkeras_compat.optimizers.schedules import ExponentialDecay, LearningRateSchedule

# The compiler itself looks at the gradient of every tensor that it finds.
pytestmark = pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning")

STEPS = 7


class OwnRate(LearningRateSchedule):
    def __call__(self, step):
        return 0.1 / (1 + torch.as_tensor(step))

    def get_config(self):
        return {}


class OwnOptimizer(optimizers.Optimizer):
    def build(self, variables):
        if not self.built:
            super().build(variables)
            self.momenta = [self.add_variable_from_reference(v, "momentum") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        momentum = self.momenta[self._get_variable_index(variable)]
        momentum.assign(0.9 * momentum.value + gradient)
        self.assign_sub(variable, learning_rate * momentum.value / (int(self.iterations) + 1))


class OfTorch(optimizers.TorchOptimizer):
    def make_torch_optimizer(self, parameters, learning_rate):
        return torch.optim.Adam(parameters, lr=learning_rate)


def decaying() -> Any:
    return ExponentialDecay(0.1, 2, 0.5)


NAMES = ("Adadelta Adafactor Adagrad Adam Adamax AdamW Ftrl Lamb Lion Muon Nadam RMSprop SGD ScheduleFreeAdamW").split()
EVERYTHING = {
    "global_clipnorm": 0.5,
    "use_ema": True,
    "ema_overwrite_frequency": 3,
    "gradient_accumulation_steps": 2,
    "weight_decay": 0.01,
}
MAKERS = {
    **{name: lambda name=name: getattr(optimizers, name)(decaying()) for name in NAMES},
    **{f"{n}, all options": lambda n=n: getattr(optimizers, n)(0.1, **EVERYTHING) for n in ("Adam", "SGD")},
    "momentum": lambda: optimizers.SGD(decaying(), momentum=0.9, nesterov=True),
    "clipnorm": lambda: optimizers.Adam(0.1, clipnorm=0.3),
    "clipvalue": lambda: optimizers.RMSprop(0.1, clipvalue=0.1),
    "loss_scale_factor": lambda: optimizers.SGD(0.1, loss_scale_factor=8.0),
    "own schedule": lambda: optimizers.Adam(OwnRate()),
    "own optimizer": lambda: OwnOptimizer(decaying()),
    "of torch": lambda: OfTorch(decaying()),
    "scaled loss": lambda: optimizers.LossScaleOptimizer(
        optimizers.Adam(decaying()), initial_scale=4.0, dynamic_growth_steps=2
    ),
    "several": lambda: optimizers.MultiOptimizer(
        optimizers.OptimizerMap(optimizers.SGD(decaying()), {"bias": optimizers.Adam(0.1)})
    ),
}


class Problem:
    """Two weights and a loss that changes from step to step, with the ways to make a step."""

    def __init__(self, make, is_built=True):
        self.weights = [Variable(torch.ones(2, 3), name="kernel"), Variable(torch.ones(2), name="bias")]
        self.parameters = [v.parameter for v in self.weights]
        self.optimizer = make()
        if is_built:
            self.optimizer.build(self.weights)

    def loss(self, i):
        kernel, bias = self.parameters
        loss = ((kernel * torch.arange(1.0, 4.0)).sum() - i) ** 2 * 0.1 + bias.sum() ** 2
        return self.optimizer.scale_loss(loss)

    def by_step(self, i):
        self.optimizer.zero_grad()
        loss = self.loss(i)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def by_closure(self, i):
        def closure():
            for p in self.parameters:
                p.grad = None
            loss = self.loss(i)
            loss.backward()
            return loss.detach()

        return self.optimizer.step(closure)

    def by_apply(self, i):
        return self.optimizer.apply(list(torch.autograd.grad(self.loss(i), self.parameters)), self.weights)

    def by_apply_gradients(self, i):
        gradients = torch.autograd.grad(self.loss(i), self.parameters)
        return self.optimizer.apply_gradients(zip(gradients, self.weights, strict=True))

    def by_step_that_reads_the_rate(self, i):
        self.by_step(i)
        return torch.tensor(float(self.optimizer.learning_rate) + float(self.optimizer.iterations))


def trajectory(make, way, backend=None, is_built=True):
    """The weights after each of a few steps, and what the steps returned."""
    problem = Problem(make, is_built)
    step = getattr(problem, way)
    if backend is not None:
        torch._dynamo.reset()
        step = torch.compile(step, backend=backend)
    seen = []
    for i in range(STEPS):
        result = step(torch.tensor(float(i)))
        seen.append([*(p.detach().clone() for p in problem.parameters), torch.as_tensor(result)])
    assert int(problem.optimizer.iterations) == STEPS // (problem.optimizer.gradient_accumulation_steps or 1)
    return seen


def assert_equal_trajectories(make, way, backend, is_built=True):
    torch.testing.assert_close(
        trajectory(make, way, backend, is_built), trajectory(make, way, None, is_built), rtol=0, atol=0
    )


@pytest.mark.parametrize("case", MAKERS)
def test_a_compiled_step_has_the_numbers_of_an_eager_one(case):
    assert_equal_trajectories(MAKERS[case], "by_step", "aot_eager")


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # inductor imports it
@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor needs a C++ compiler")
@pytest.mark.parametrize("case", ["Adam, all options", "SGD"])
def test_so_has_one_of_the_default_backend(case):
    found, expected = trajectory(MAKERS[case], "by_step", "inductor"), trajectory(MAKERS[case], "by_step")
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)  # inductor sums the loss in another order


@pytest.mark.parametrize("way", ["by_closure", "by_apply", "by_apply_gradients", "by_step_that_reads_the_rate"])
@pytest.mark.parametrize("case", ["scaled loss", "Adam, all options"])
def test_so_has_every_way_to_make_a_step(way, case):
    assert_equal_trajectories(MAKERS[case], way, "aot_eager")


@pytest.mark.parametrize("case", ["SGD", "scaled loss", "several"])
def test_an_optimizer_that_a_compiled_step_builds(case):
    assert_equal_trajectories(MAKERS[case], "by_apply", "eager", is_built=False)


def test_constant_gradients_move_adam_by_its_rate():
    w = torch.nn.Parameter(torch.ones(1))
    optimizer = optimizers.Adam(0.1, params=[w])
    torch._dynamo.reset()
    step = torch.compile(optimizer.step, backend="eager")
    seen = []
    for _ in range(6):
        w.grad = torch.ones(1)
        step()
        seen.append(w.item())
    np.testing.assert_allclose(seen, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], rtol=1e-5)


def test_a_step_in_a_graph_that_must_be_whole_is_refused_with_what_to_do():
    w = torch.nn.Parameter(torch.ones(1))
    w.grad = torch.ones(1)
    torch._dynamo.reset()
    step = torch.compile(optimizers.Adam(0.1, params=[w]).step, backend="eager", fullgraph=True)
    with pytest.raises(Unsupported, match=r"numbers on the host\. Leave `fullgraph=True` out, or compile the loss"):
        step()


@pytest.mark.parametrize("is_whole", [True, False], ids=["torch.compile of the model", "jit_compile"])
def test_fit_of_a_compiled_model_has_the_numbers_of_an_eager_one(monkeypatch, is_whole):
    original = torch.compile
    monkeypatch.setattr(torch, "compile", lambda model, **kwargs: original(model, backend="aot_eager"))
    x = np.random.default_rng(0).normal(size=(24, 4)).astype("float32")
    histories = []
    for compiled in (False, True):
        torch._dynamo.reset()
        model = Sequential([Input((4,)), layers.Dense(3, "tanh"), layers.Dense(1)])
        model.set_weights([np.random.default_rng(i).normal(size=v.shape) for i, v in enumerate(model.weights)])
        if compiled and is_whole:
            model.forward = torch.compile(model.forward)
        model.compile(
            optimizers.Adam(decaying(), gradient_accumulation_steps=2), "mse", jit_compile=compiled and not is_whole
        )
        model.fit(x, x[:, :1], batch_size=4, epochs=3, shuffle=False, verbose=0)
        histories.append(model.get_weights())
    for a, b in zip(*histories, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("way", ["step", "apply"])
@pytest.mark.parametrize("case", ["Adam", "of torch", "scaled loss", "several"])
def test_an_update_within_a_captured_cuda_graph_is_refused(monkeypatch, case, way):
    with FakeTensorMode():
        w = torch.nn.Parameter(torch.ones(2, device="cuda"))
        optimizer = MAKERS[case]()
        optimizer.build([w])
        w.grad = torch.ones_like(w)
        monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: True)
        with pytest.raises(RuntimeError, match=rf"'{optimizer.name}'.*while a CUDA graph is being captured"):
            optimizer.step() if way == "step" else optimizer.apply([w.grad], [w])


def test_an_eager_step_does_not_import_the_compiler():
    code = (
        "import sys, torch; from torchkeras_compat import optimizers; w = torch.nn.Parameter(torch.ones(2));"
        "w.grad = torch.ones(2); o = optimizers.Adam(0.1, params=[w]); o.update(); o.apply([w.grad], [w]);"
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
