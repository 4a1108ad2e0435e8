"""What each optimizer is compared with Keras in: a module's tests inherit `OptimizerChecks` and list its `names`."""

from __future__ import annotations

import copy
import pickle
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pytest
import torch

from tests.python_calls import calls_of
from torchkeras_compat import optimizers
from torchkeras_compat.variables import Variable

# Options that every optimizer takes.
SHARED = [
    {},
    {"clipnorm": 0.5, "weight_decay": 0.1},
    {"clipvalue": 0.5, "loss_scale_factor": 4.0},
    {"global_clipnorm": 0.5, "gradient_accumulation_steps": 2},
    {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
]


class Case(NamedTuple):
    """An optimizer and its arguments."""

    name: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name}-{'-'.join(self.arguments) or 'defaults'}"


def gradients() -> list[np.ndarray]:
    return [np.linspace(-1, 1.5, 6, dtype="float32").reshape(2, 3) * (i + 1) for i in range(5)]


class OptimizerChecks:
    """Updates, state and configs of the optimizers in `names`, with the options of all and each of `own`."""

    names: ClassVar[list[str]]
    own: ClassVar[list[Case]] = []
    cases: ClassVar[list[Case]]

    def __init_subclass__(cls) -> None:
        cls.cases = [*cls.own, *(Case(name, options) for name in cls.names for options in SHARED)]

    @pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras with its own Variable
    def test_five_updates_equal_those_of_keras(self, real_keras, case):
        name, arguments = case.name, case.arguments
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

    def test_variables_and_config_are_those_of_keras(self, real_keras, name):
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

    def test_the_hand_written_loop_of_torch_works(self, name):
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

    @pytest.mark.parametrize("way", ["state_dict", "pickle", "deepcopy", "own_variables"])
    def test_a_stored_state_goes_on(self, name, way):
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

    @pytest.mark.cuda
    def test_updates_on_a_gpu_equal_those_on_the_cpu(self, name):
        results = []
        for device in ("cpu", "cuda"):
            weight = torch.nn.Parameter(torch.ones(2, 3, device=device))
            optimizer = getattr(optimizers, name)(0.1, clipnorm=1.0, weight_decay=0.1, params=[weight])
            for gradient in gradients():
                weight.grad = torch.tensor(gradient, device=device)
                optimizer.step()
            results.append(weight.detach().cpu())
        torch.testing.assert_close(*results, rtol=1e-5, atol=1e-6)


def check_calls_of_a_step(name: str) -> None:
    """A step makes no more Python calls than that of the same optimizer of torch."""

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
