"""`LossScaleOptimizer`, beside real Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.recorded_graph import refusing_reads
from torchkeras_compat import layers, models, optimizers
from torchkeras_compat.dtypes.identifiers import set_dtype_policy
from torchkeras_compat.optimizers import LossScaleOptimizer
from torchkeras_compat.variables import Variable

GRADIENTS = [4.0, float("inf"), 4.0, 4.0, 4.0, float("nan"), 4.0, 2.0]


@pytest.mark.parametrize("name", ["SGD", "Adam", "Lion"])
def test_scale_and_updates_are_those_of_keras(real_keras, name):
    ours = LossScaleOptimizer(
        getattr(optimizers, name)(0.1, name="o"), initial_scale=4.0, dynamic_growth_steps=2, name="s"
    )
    theirs = real_keras.optimizers.LossScaleOptimizer(
        getattr(real_keras.optimizers, name)(0.1, name="o"), initial_scale=4.0, dynamic_growth_steps=2, name="s"
    )
    v, w = Variable([5.0, 1.0], name="w"), real_keras.Variable(np.array([5.0, 1.0], dtype="float32"), name="w")
    for gradient in GRADIENTS:
        ours.apply([torch.tensor([gradient, 1.0])], [v])
        theirs.apply([torch.tensor([gradient, 1.0])], [w])
        np.testing.assert_allclose(v.numpy(), w.value.detach().numpy(), rtol=5e-5)
        assert float(ours.dynamic_scale.numpy()) == float(theirs.dynamic_scale.numpy())
        assert int(ours.iterations) == int(theirs.iterations)
        assert ours.step_counter.numpy() == theirs.step_counter.numpy()
    assert [v.name for v in ours.variables] == [v.name for v in theirs.variables]
    assert float(ours.scale_loss(1.0)) == float(theirs.scale_loss(1.0))


class Event:
    """Stands in for an event of a device, whose work is over when the test says so."""

    is_over = False

    def __init__(self, device: object = None) -> None: ...

    def record(self) -> None: ...

    def query(self) -> bool:
        return self.is_over

    def synchronize(self) -> None: ...


OPTIONS = [
    {},
    {"weight_decay": 0.1, "global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
    {"gradient_accumulation_steps": 2},
]
NAMES = ("Adadelta Adafactor Adagrad Adam Adamax AdamW Ftrl Lamb Lion Muon Nadam RMSprop SGD ScheduleFreeAdamW").split()


class OwnOptimizer(optimizers.Optimizer):
    def build(self, variables):
        if not self.built:
            super().build(variables)
            self.momenta = [self.add_variable_from_reference(v, "momentum") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        momentum = self.momenta[self._get_variable_index(variable)]
        momentum.assign(0.9 * momentum.value + gradient)
        self.assign_sub(variable, learning_rate * momentum.value)


MAKERS = {
    **{
        f"{name}-{'-'.join(options)}": lambda name=name, options=options: getattr(optimizers, name)(0.1, **options)
        for name in NAMES
        for options in OPTIONS
    },
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "own optimizer": lambda: OwnOptimizer(0.1),
    "several": lambda: optimizers.MultiOptimizer(
        optimizers.OptimizerMap(optimizers.SGD(0.1), {"bias": optimizers.RMSprop(0.1, momentum=0.5)})
    ),
}


@pytest.mark.parametrize("case", MAKERS)
def test_the_way_without_waiting_gives_the_same(monkeypatch, case):
    """On an accelerator an update is left out there, and nothing is read; run here on tensors of the CPU."""
    results = []
    for waits in (True, False):
        optimizer = LossScaleOptimizer(MAKERS[case](), initial_scale=4.0, dynamic_growth_steps=2)
        matrix = torch.nn.Parameter(torch.linspace(-1.0, 1.0, 6).reshape(2, 3))
        parameters = [matrix, torch.nn.Parameter(torch.tensor([5.0, 1.0]))]
        optimizer.build([Variable.over([({"value": p}, {})], ["value"], name=n) for p, n in zip(parameters, "wb")])
        for gradient in GRADIENTS:
            matrix.grad = torch.linspace(1.0, 2.0, 6).reshape(2, 3)
            parameters[1].grad = torch.tensor([gradient, 1.0])
            if waits:
                optimizer.step()
                continue
            with torch.no_grad(), refusing_reads():
                optimizer._perform([p.grad for p in parameters], optimizer._decide())
            optimizer._count()
            optimizer._await_news((torch.isfinite(torch.tensor(gradient))).reshape(1))
        state = [v.numpy() for v in optimizer.variables]
        results.append(([p.detach().numpy() for p in parameters], state, int(optimizer.iterations)))
    for one, other in zip(*(results[0][:2], results[1][:2]), strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)  # the decay, in float32 and not float64
    assert results[0][2] == results[1][2]


def test_the_host_hears_later_which_updates_were_left_out(monkeypatch):
    monkeypatch.setattr(torch, "Event", Event)
    monkeypatch.setattr(Event, "is_over", False)
    optimizer = LossScaleOptimizer(optimizers.SGD(0.1), initial_scale=4.0)
    optimizer.build([Variable([1.0])])
    for _ in range(3):
        optimizer._count()
    optimizer._news.append((torch.tensor([True, False]), Event()))
    optimizer._hear_news(wait=False)
    assert int(optimizer.inner_optimizer.iterations) == 3
    assert int(optimizer.iterations) == 2  # whoever asks for it waits


def test_an_update_with_a_fused_kernel_makes_few_operations_and_no_copy():
    """One kernel updates, divides by the scale and leaves everything as it is where a gradient is not finite."""
    for make in (lambda: optimizers.Adam(0.1), lambda: optimizers.SGD(0.1, momentum=0.9)):
        optimizer = LossScaleOptimizer(make(), initial_scale=4.0)
        parameters = [torch.nn.Parameter(torch.ones(10)) for _ in range(20)]
        optimizer.build(parameters)
        for p in parameters:
            p.grad = torch.ones(10)
        with torch.no_grad(), refusing_reads() as seen:
            optimizer._perform([p.grad for p in parameters], optimizer._decide())
        assert len(seen) <= 16, seen
        assert not any("clone" in name or "where" in name for name in seen)


def test_what_belongs_to_the_inner_optimizer_is_reached():
    inner = optimizers.SGD(0.5, loss_scale_factor=3.0)
    optimizer = LossScaleOptimizer(inner)
    assert inner.loss_scale_factor is None
    optimizer.learning_rate = 0.25
    assert float(inner.learning_rate) == 0.25
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    assert not inner._use_weight_decay(Variable([1.0], name="bias"))
    v = Variable([1.0])
    optimizer.apply([torch.tensor([32768.0])], [v])
    assert v.numpy().tolist() == [0.75]
    again = LossScaleOptimizer(optimizers.SGD(1.0))
    again.build([v])
    again.load_state_dict(optimizer.state_dict())
    assert float(again.learning_rate) == 0.25 and int(again.iterations) == 1
    restored = optimizers.deserialize(optimizers.serialize(optimizer))
    assert restored.get_config() == optimizer.get_config()


def test_mixed_float16_models_are_compiled_with_it():
    set_dtype_policy("mixed_float16")
    try:
        model = models.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, dtype="float32")])
        model.compile("adam", "mse")
        assert isinstance(model.optimizer, LossScaleOptimizer)
        x = np.random.randn(64, 4).astype("float32")
        losses = model.fit(x, x[:, :1], epochs=10, verbose=0).history["loss"]
        assert losses[-1] < losses[0]
        assert model.layers[0].kernel.dtype == "float32"
        model.compile("adam", "mse", auto_scale_loss=False)
        assert isinstance(model.optimizer, optimizers.Adam)
    finally:
        set_dtype_policy("float32")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dynamic": False}, "set `loss_scale_factor`"),
        ({"foo": 1, "bar": 2}, "arguments: `foo`, `bar`"),
        ({"clipnorm": 1.0}, "set `clipnorm` on the `inner_optimizer`"),
        ({"initial_scale": 0}, "initial_scale=0"),
        ({"dynamic_growth_steps": 0}, "dynamic_growth_steps=0"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        LossScaleOptimizer(optimizers.SGD(), **options)


def test_other_optimizers_are_refused():
    with pytest.raises(TypeError, match="GradScaler"):
        LossScaleOptimizer(torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1))
    with pytest.raises(TypeError, match="scales the loss already"):
        LossScaleOptimizer(LossScaleOptimizer(optimizers.SGD()))


@pytest.mark.cuda
def test_a_gpu_skips_the_same_updates():
    results = []
    for device in ("cpu", "cuda"):
        weight = torch.nn.Parameter(torch.tensor([5.0, 1.0], device=device))
        optimizer = LossScaleOptimizer(optimizers.SGD(0.1, momentum=0.9), initial_scale=4.0, dynamic_growth_steps=2)
        optimizer.build([weight])
        for gradient in GRADIENTS:
            weight.grad = torch.tensor([gradient, 1.0], device=device)
            optimizer.step()
        results.append((weight.detach().cpu().numpy(), optimizer.dynamic_scale.numpy(), int(optimizer.iterations)))
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_finite_gradients_are_recognized():
    optimizer = LossScaleOptimizer(optimizers.SGD())
    found = [optimizer.check_finite(g) for g in ([torch.ones(2), None], [torch.ones(2), torch.tensor(torch.nan)], [])]
    assert [bool(x) for x in found] == [True, False, True] and found[0].dtype is torch.bool
