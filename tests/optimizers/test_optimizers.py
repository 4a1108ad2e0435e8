"""Five updates of every optimizer, beside real Keras with the same gradients; and the surface of torch."""

from __future__ import annotations

import copy
import pickle
import sys

import numpy as np
import pytest
import torch

from torchkeras_compat import constraints, layers, losses, models, optimizers
from torchkeras_compat.layouts import Layout
from torchkeras_compat.optimizers import adam
from torchkeras_compat.variables import Variable

ALL = [
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "Muon",
    "Nadam",
    "RMSprop",
    "SGD",
    "ScheduleFreeAdamW",
]
OWN = [
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("Adam", {"amsgrad": True, "beta_1": 0.8, "epsilon": 1e-3}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adagrad", {"initial_accumulator_value": 0.5}),
    ("Adadelta", {"learning_rate": 1.0, "rho": 0.8}),
    ("Lion", {"beta_1": 0.8}),
    (
        "Ftrl",
        {
            "learning_rate": 0.1,
            "learning_rate_power": -0.2,
            "l1_regularization_strength": 0.05,
            "l2_regularization_strength": 0.1,
            "l2_shrinkage_regularization_strength": 0.01,
            "beta": 0.3,
        },
    ),
    ("Adafactor", {"learning_rate": 0.8, "beta_2_decay": -0.6, "clip_threshold": 0.9}),
    ("Muon", {"nesterov": False, "rms_rate": None, "ns_steps": 3}),
    ("Muon", {"exclude_layers": ["w"], "adam_lr_ratio": 0.5}),
    ("ScheduleFreeAdamW", {"warmup_steps": 3}),
]
# Options that every optimizer takes.
SHARED = [
    {},
    {"clipnorm": 0.5, "weight_decay": 0.1},
    {"clipvalue": 0.5, "loss_scale_factor": 4.0},
    {"global_clipnorm": 0.5, "gradient_accumulation_steps": 2},
    {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
]
CASES = [*OWN, *((name, options) for name in ALL for options in SHARED)]


def gradients() -> list[np.ndarray]:
    return [np.linspace(-1, 1.5, 6, dtype="float32").reshape(2, 3) * (i + 1) for i in range(5)]


def identity(value: object) -> str | None:
    return value if isinstance(value, str) else "-".join(value) or "defaults" if isinstance(value, dict) else None


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras with its own Variable
@pytest.mark.parametrize(("name", "arguments"), CASES, ids=identity)
def test_five_updates_equal_those_of_keras(real_keras, name, arguments):
    ours, start = getattr(optimizers, name)(**arguments), np.linspace(0.2, 0.9, 6, dtype="float32").reshape(2, 3)
    theirs = getattr(real_keras.optimizers, name)(**arguments)
    variables = [Variable(start, name="w"), Variable(start[0], name="b")]
    expected = [real_keras.Variable(start, name="w"), real_keras.Variable(start[0], name="b")]
    for gradient in gradients():
        ours.apply([torch.tensor(gradient), torch.tensor(gradient[1])], variables)
        theirs.apply([torch.tensor(gradient), torch.tensor(gradient[1])], expected)
        for mine, other in zip(variables, expected, strict=True):
            # float32 rounding of the two ways to order the same products
            np.testing.assert_allclose(mine.numpy(), other.value.detach().numpy(), rtol=1e-5, atol=2e-6)
    assert int(ours.iterations) == int(theirs.iterations)
    ours.finalize_variable_values(variables)
    theirs.finalize_variable_values(expected)
    for mine, other in zip(variables, expected, strict=True):
        np.testing.assert_allclose(mine.numpy(), other.value.detach().numpy(), rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("name", ALL)
def test_variables_and_config_are_those_of_keras(real_keras, name):
    arguments = {"name": "o", "use_ema": True, "gradient_accumulation_steps": 2}
    ours, theirs = getattr(optimizers, name)(**arguments), getattr(real_keras.optimizers, name)(**arguments)
    ours.build([Variable(np.ones((2, 3)), name="w"), Variable(np.ones(3), name="b")])
    theirs.build([real_keras.Variable(np.ones((2, 3)), name="w"), real_keras.Variable(np.ones(3), name="b")])
    # Keras leaves the name of Nadam's product, and the path of two unused numbers of Adafactor, to chance.
    loose = {"Nadam": ("u_product", "variable"), "Adafactor": ("b",)}.get(name, ("-",))
    ours_paths, paths = ([v.path for v in o.variables if not v.name.startswith(loose)] for o in (ours, theirs))
    assert ours_paths == paths
    assert [v.shape for v in ours.variables] == [tuple(v.shape) for v in theirs.variables]
    for mine, other in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), real_keras.ops.convert_to_numpy(other), rtol=1e-6)
    config, expected = ours.get_config(), theirs.get_config()
    assert config.pop("learning_rate") == pytest.approx(expected.pop("learning_rate"))
    assert config == expected
    assert optimizers.deserialize(optimizers.serialize(ours)).get_config() == ours.get_config()


def test_the_state_of_keras_goes_on_here(real_keras):
    ours, theirs = optimizers.Nadam(0.1), real_keras.optimizers.Nadam(0.1)
    start = np.ones((2, 3), dtype="float32")
    mine, other = Variable(start), real_keras.Variable(start)
    for gradient in gradients()[:3]:
        theirs.apply([torch.tensor(gradient)], [other])
    store: dict[str, np.ndarray] = {}
    theirs.save_own_variables(store)
    mine.assign(other.value.detach())
    ours.build([mine])
    ours.load_own_variables(store)
    for gradient in gradients()[3:]:
        ours.apply([torch.tensor(gradient)], [mine])
        theirs.apply([torch.tensor(gradient)], [other])
    np.testing.assert_allclose(mine.numpy(), other.value.detach().numpy(), rtol=1e-5)


def test_gradients_and_slots_have_keras_layout():
    dense = layers.Dense(2)
    dense.build((None, 3))
    optimizer = optimizers.Adam(0.1)
    optimizer.build([dense.kernel])
    gradient = torch.arange(6.0).reshape(3, 2)
    before = dense.kernel.numpy()
    optimizer.apply([gradient], [dense.kernel])
    momentum = optimizer.variables[2]
    assert momentum.shape == (3, 2)
    np.testing.assert_allclose(momentum.numpy(), 0.1 * gradient.numpy(), rtol=1e-6)
    change = before - dense.kernel.numpy()
    np.testing.assert_allclose(change, 0.1 * np.sign(gradient.numpy()), atol=1e-5)


def test_a_norm_is_that_of_the_whole_weight(real_keras):
    """A weight made of two torch tensors is clipped by one norm."""

    class Halves(Layout):
        is_view = False

        def to_keras(self, *tensors):
            return torch.cat(tensors)

        def to_torch(self, value):
            return tuple(value.chunk(2))

    stores = [({key: torch.nn.Parameter(torch.ones(1))}, {}) for key in ("a", "b")]
    weight = Variable.over(stores, ["a", "b"], Halves(), name="w")
    other = real_keras.Variable(np.ones(2, dtype="float32"))
    for name, arguments in (("SGD", {"clipnorm": 1.0}), ("Lamb", {"learning_rate": 0.1})):
        mine, theirs = getattr(optimizers, name)(**arguments), getattr(real_keras.optimizers, name)(**arguments)
        mine.apply([torch.tensor([3.0, 4.0])], [weight])
        theirs.apply([torch.tensor([3.0, 4.0])], [other])
        np.testing.assert_allclose(weight.numpy(), other.value.detach().numpy(), rtol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_the_hand_written_loop_of_torch_works(name):
    weight = torch.nn.Parameter(torch.ones(3, 2))
    optimizer = getattr(optimizers, name)(0.1, params=[weight])
    assert isinstance(optimizer, torch.optim.Optimizer)
    first = weight.square().sum().item()
    for _ in range(20):
        optimizer.zero_grad()
        weight.square().sum().backward()
        optimizer.step()
    assert weight.square().sum().item() < first
    assert optimizer.iterations == 20


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("way", ["state_dict", "pickle", "deepcopy", "own_variables"])
def test_a_stored_state_goes_on(name, way):
    def run(optimizer, weight, some) -> None:
        for gradient in some:
            weight.grad = torch.tensor(gradient)
            optimizer.step()

    one = torch.nn.Parameter(torch.ones(2, 3))
    whole = getattr(optimizers, name)(0.1, use_ema=True, params=[one])
    run(whole, one, gradients()[:2])
    if way in ("pickle", "deepcopy"):
        both = pickle.loads(pickle.dumps((whole, one))) if way == "pickle" else copy.deepcopy((whole, one))
        resumed, other = both
    else:
        other = torch.nn.Parameter(one.detach().clone())
        resumed = getattr(optimizers, name)(0.5, use_ema=True, params=[other])
        if way == "state_dict":
            resumed.load_state_dict(whole.state_dict())
        else:
            store: dict[str, np.ndarray] = {}
            whole.save_own_variables(store)
            resumed.load_own_variables(store)
    run(whole, one, gradients()[2:])
    run(resumed, other, gradients()[2:])
    # The rate is stored in float32 with the variables.
    torch.testing.assert_close(one, other, rtol=1e-6 if way == "own_variables" else 0, atol=0)
    for mine, theirs in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-6)


def test_closures_hooks_and_missing_gradients():
    weights = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    optimizer = optimizers.SGD(0.5, params=weights)
    calls = []
    optimizer.register_step_post_hook(lambda *_: calls.append(1))

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = weights[0].sum()
        loss.backward()
        return loss

    assert optimizer.step(closure) == 2.0
    assert calls == [1]
    assert weights[0].tolist() == [0.5, 0.5]
    assert weights[1].tolist() == [1.0, 1.0]


def test_torch_schedulers_drive_the_learning_rate():
    optimizer = optimizers.SGD(0.5, params=[torch.nn.Parameter(torch.ones(1))])
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
    optimizer.step()
    scheduler.step()
    assert float(optimizer.learning_rate) == pytest.approx(0.05)


@pytest.mark.cuda
def test_moved_models_take_their_slots_along():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = optimizers.Adagrad(0.1, params=[weight])
    weight.grad = torch.ones(2)
    optimizer.step()
    weight.data = weight.data.cuda()
    weight.grad = torch.ones(2, device="cuda")
    optimizer.step()
    assert {v.device.type for v in optimizer.variables[2:]} == {"cuda"}


@pytest.mark.parametrize("amsgrad", [False, True])
def test_adam_is_the_same_without_a_fused_kernel(monkeypatch, amsgrad):
    results = []
    for devices in (adam.FUSED_DEVICES, frozenset()):
        monkeypatch.setattr(adam, "FUSED_DEVICES", devices)
        weight = torch.nn.Parameter(torch.ones(2, 3))
        optimizer = optimizers.Adam(0.1, amsgrad=amsgrad, params=[weight])
        for gradient in gradients():
            weight.grad = torch.tensor(gradient)
            optimizer.step()
        results.append(weight.detach())
    torch.testing.assert_close(*results, rtol=1e-6, atol=1e-6)


def test_constraints_and_penalties_of_a_model_hold_after_each_step():
    model = models.Sequential([layers.Dense(2, kernel_constraint=constraints.NonNeg(), kernel_initializer="ones")])
    model.compile(optimizers.SGD(10.0), losses.MeanSquaredError())
    model.fit(np.ones((4, 3), dtype="float32"), np.zeros((4, 2), dtype="float32"), verbose=0)
    assert model.layers[0].kernel.numpy().min() >= 0


def test_averages_are_in_the_model_when_fit_ends(real_keras):
    def train(keras) -> np.ndarray:
        model = keras.Sequential([keras.layers.Dense(2, kernel_initializer="ones", use_bias=False)])
        model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
        model.fit(np.ones((4, 3), dtype="float32"), np.zeros((4, 2), dtype="float32"), epochs=3, verbose=0)
        return np.asarray(model.get_weights()[0])

    import torchkeras_compat

    np.testing.assert_allclose(train(torchkeras_compat), train(real_keras), rtol=1e-5)


def test_gradients_that_become_values():
    v, w = Variable([1.0, 2.0]), Variable([1.0, 2.0])
    v.overwrite_with_gradient = True
    optimizer = optimizers.SGD(1.0, clipvalue=0.5, loss_scale_factor=2.0)
    optimizer.apply([torch.tensor([4.0, 4.0]), torch.tensor([4.0, 4.0])], [v, w])
    assert v.numpy().tolist() == [4.0, 4.0]
    assert w.numpy().tolist() == [0.5, 1.5]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of .* clipnorm=1.0, clipvalue=1.0"),
        ({"clipnorm": -1.0}, "clipnorm=-1.0"),
        ({"learning_rate": "fast"}, "learning_rate='fast'"),
        ({"lr": 0.1}, "called `learning_rate`"),
        ({"decay": 0.1}, "InverseTimeDecay"),
        ({"clipnrm": 0.1}, "Did you mean 'clipnorm'"),
        ({"ema_momentum": 2.0}, "ema_momentum=2.0"),
        ({"ema_overwrite_frequency": 1.5}, "ema_overwrite_frequency=1.5"),
        ({"gradient_accumulation_steps": 1}, "gradient_accumulation_steps=1"),
        ({"loss_scale_factor": 0.0}, "loss_scale_factor=0.0"),
        ({"learning_rate": iter([torch.ones(1)])}, "params=model.parameters"),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else None,
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        optimizers.Adam(**arguments)


def test_bad_uses_are_refused():
    v, w = Variable([1.0], name="v"), Variable([1.0], name="w")
    optimizer = optimizers.SGD(0.1)
    with pytest.raises(ValueError, match="No gradients provided"):
        optimizer.apply([None], [v])
    with pytest.raises(ValueError, match="not yet been built"):
        optimizer.set_weights([])
    with pytest.raises(ValueError, match="must be built"):
        optimizer.stateless_apply([], [], [])
    optimizer.build([v])
    with pytest.raises(ValueError, match="Unknown variable: .*path=w"):
        optimizer.apply([torch.ones(1)], [w])
    with pytest.raises(ValueError, match="2 gradients, 1 variables"):
        optimizer.apply([torch.ones(1)] * 2, [v])
    with pytest.raises(ValueError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    with pytest.raises(ValueError, match="0 weights"):
        optimizer.set_weights([])
    with pytest.raises(TypeError, match="MultiOptimizer"):
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))]})
    with pytest.raises(TypeError, match="MultiOptimizer"):
        optimizers.SGD(params=[{"params": []}])
    with pytest.raises(ValueError, match="use_ema=True"):
        optimizer.swap_averages()
    with pytest.warns(UserWarning, match="has 2 variables whereas the saved optimizer has 1"):
        optimizer.load_own_variables({"0": np.array(1)})
    with pytest.raises(ValueError, match="adammm"):
        optimizers.get("adammm")


def test_weights_are_left_out_of_the_decay_by_name_or_object():
    v, w, x = (Variable([1.0], name=n) for n in ("kernel", "bias", "scale"))
    optimizer = optimizers.SGD(1.0, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[x], var_names=["^b"])
    optimizer.apply([torch.zeros(1)] * 3, [v, w, x])
    assert [float(u.numpy()[0]) for u in (v, w, x)] == [0.5, 1.0, 1.0]


def test_stateless_apply_changes_nothing():
    v = Variable([1.0, 2.0])
    optimizer = optimizers.Adam(0.1)
    optimizer.build([v])
    state = [u.value.clone() for u in optimizer.variables]
    weights, after = optimizer.stateless_apply(state, [torch.ones(2)], [torch.tensor([5.0, 6.0])])
    torch.testing.assert_close(weights[0], torch.tensor([4.9, 5.9]))
    assert after[0] == 1 and float(optimizer.iterations) == 0
    assert v.numpy().tolist() == [1.0, 2.0]
    assert float(optimizer.learning_rate) == 0.1


def calls_of(function) -> int:
    counted = 0

    def profile(frame, event, argument) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_a_step_makes_fewer_python_calls_than_that_of_torch(name):
    def made(make) -> torch.optim.Optimizer:
        net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
        for p in net.parameters():
            p.grad = torch.ones_like(p)
        optimizer = make(list(net.parameters()))
        optimizer.step()
        return optimizer

    ours = made(lambda p: getattr(optimizers, name)(params=p))
    theirs = made(lambda p: getattr(torch.optim, name)(p, lr=0.1, foreach=True))
    assert calls_of(ours.step) <= calls_of(theirs.step)
    assert calls_of(ours.update) <= 10


@pytest.mark.cuda
@pytest.mark.parametrize("name", ALL)
def test_updates_on_a_gpu_equal_those_on_the_cpu(name):
    results = []
    for device in ("cpu", "cuda"):
        weight = torch.nn.Parameter(torch.ones(2, 3, device=device))
        optimizer = getattr(optimizers, name)(0.1, clipnorm=1.0, weight_decay=0.1, params=[weight])
        for gradient in gradients():
            weight.grad = torch.tensor(gradient, device=device)
            optimizer.step()
        results.append(weight.detach().cpu())
    torch.testing.assert_close(*results, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("size", [8, 16, 40])
@pytest.mark.parametrize("arguments", [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}], ids=str)
def test_sgd_moves_every_value_in_any_precision(dtype, size, arguments):
    """Torch 2.13's fused kernel on the CPU moves only the last few values of a half-precision tensor."""
    weight = torch.nn.Parameter(torch.ones(size, dtype=dtype))
    plain = torch.nn.Parameter(torch.ones(size, dtype=dtype))
    ours = optimizers.SGD(0.125, **arguments)
    ours.build([weight])
    theirs = torch.optim.SGD([plain], lr=0.125, fused=False, **arguments)
    for _ in range(2):
        for parameter in (weight, plain):
            parameter.grad = torch.linspace(0.5, 1, size).to(dtype)
        ours.step()
        theirs.step()
    torch.testing.assert_close(weight, plain, rtol=0, atol={torch.bfloat16: 0.02, torch.float16: 2e-3}.get(dtype, 1e-9))
