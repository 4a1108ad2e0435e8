"""The plugin as a user meets it: installed, and found by name; the oracle is the library in a plain PyTorch loop."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras

pytest.importorskip("torchkeras_optimizers", reason="the plugin is not installed")

import torchkeras_optimizers
from torchkeras_compat.plugins import isolated_plugins
from torchkeras_compat.testing import check_plugin
from torchkeras_optimizers.names import PLACES

SCHEDULE_FREE = [name for name in PLACES if name.startswith("ScheduleFree")]
STEPS = 12


@pytest.fixture(autouse=True)
def only_this_plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same random numbers in every test, and no other plugin."""
    keras.utils.set_random_seed(0)
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "optimizers")
    with isolated_plugins(discover=True):
        yield


@pytest.fixture
def data() -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(40, 4)
    return x, x.sum(1, keepdim=True)


def made() -> Any:
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)])


def compiled(optimizer: Any) -> Any:
    model = made()
    model.compile(optimizer, "mse")
    return model


def weights(model: Any) -> list[torch.Tensor]:
    return [p.detach().clone() for p in model.parameters()]


def test_the_entry_point_is_the_plugin() -> None:
    (entry,) = [e for e in importlib.metadata.entry_points(group="torchkeras_compat") if e.name == "optimizers"]
    assert entry.dist.name == "torchkeras-optimizers"


def test_all_that_the_plugin_registers_passes_the_checks() -> None:
    results = check_plugin("optimizers").raise_failures()
    assert {r.subject for r in results if r.kind == "optimizer"} == set(PLACES)


def test_the_libraries_are_imported_when_a_name_of_theirs_is_used() -> None:
    code = """
import sys
import torchkeras_compat as keras
try:
    keras.optimizers.get("no_such_optimizer")
except ValueError:
    pass
print(*(name in sys.modules for name in ("torchkeras_optimizers", "pytorch_optimizer", "schedulefree")))
keras.optimizers.get("adan")
print(*(name in sys.modules for name in ("pytorch_optimizer", "schedulefree")))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "True False False\nTrue False\n"


@pytest.mark.parametrize("name", PLACES)
def test_training_is_that_of_the_library(name: str, data: tuple[torch.Tensor, torch.Tensor]) -> None:
    x, y = data
    optimizer = getattr(torchkeras_optimizers, name)(0.01, weight_decay=0.02)
    model, plain = compiled(optimizer), made()
    model.fit(x, y, batch_size=10, epochs=STEPS // 4, shuffle=False, verbose=0)
    oracle = type(optimizer).library_class()(list(plain.parameters()), lr=0.01, weight_decay=0.02)
    getattr(oracle, "train", lambda: None)()
    for i in range(STEPS):
        part = slice(10 * (i % 4), 10 * (i % 4) + 10)
        oracle.zero_grad()
        torch.nn.functional.mse_loss(plain(x[part]), y[part]).backward()
        oracle.step()
    getattr(oracle, "eval", lambda: None)()
    moved = [not torch.equal(p, q) for p, q in zip(weights(made()), weights(plain), strict=True)]
    assert any(moved)
    for p, q in zip(weights(model), weights(plain), strict=True):
        torch.testing.assert_close(p, q, rtol=1e-5, atol=1e-7)  # gradients of a loss that is summed in another order


@pytest.mark.parametrize("name", PLACES)
def test_training_goes_on_from_a_file_as_without_it(name: str, data: Any, tmp_path: Path) -> None:
    model = compiled(f"optimizers>{name}")
    model.fit(*data, epochs=3, shuffle=False, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert type(again.optimizer) is getattr(torchkeras_optimizers, name)
    for each in (model, again):
        each.fit(*data, epochs=2, shuffle=False, verbose=0)
    # The matrices of SOAP lie in memory in another order after loading, and their products round differently.
    tolerance = {"rtol": 1e-5, "atol": 1e-7} if name == "SOAP" else {"rtol": 0, "atol": 0}
    for p, q in zip(weights(model), weights(again), strict=True):
        torch.testing.assert_close(p, q, **tolerance)


@pytest.mark.parametrize("name", ["SOAP", "Prodigy", "Ranger", "ScheduleFreeAdamW"])
def test_an_interrupted_training_ends_with_the_same_bits(name: str, data: Any, tmp_path: Path) -> None:
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 2:
                raise KeyboardInterrupt

    def train(folder: str, interrupts: bool) -> list[torch.Tensor]:
        model = compiled(f"optimizers>{name}")
        backup = keras.callbacks.BackupAndRestore(tmp_path / folder, save_freq=1)
        callbacks = [backup, *([Interrupt()] if interrupts else [])]
        model.fit(*data, batch_size=8, epochs=2, verbose=0, callbacks=callbacks)
        return weights(model)

    expected = train("whole", interrupts=False)
    with pytest.raises(KeyboardInterrupt):
        train("parts", interrupts=True)
    for p, q in zip(train("parts", interrupts=False), expected, strict=True):
        torch.testing.assert_close(p, q, rtol=0, atol=0)


@pytest.mark.parametrize("name", ["Ranger", "Prodigy", "SOAP", "RAdam", "ADOPT"])
def test_those_with_a_slow_start_lower_the_loss(name: str, data: Any) -> None:
    losses = (
        compiled(getattr(torchkeras_optimizers, name)(0.01 if name != "Prodigy" else 1.0))
        .fit(*data, epochs=60, batch_size=10, verbose=0)
        .history["loss"]
    )
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("name", SCHEDULE_FREE)
@pytest.mark.parametrize("ends", ["as asked", "by an error"])
def test_schedule_free_ones_leave_the_weights_to_use(name: str, ends: str, data: Any) -> None:
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if ends == "by an error" and batch == 6:
                raise RuntimeError("stop")

    model = compiled(getattr(torchkeras_optimizers, name)(0.05))
    try:
        model.fit(*data, batch_size=5, epochs=2, verbose=0, callbacks=[Stop()])
    except RuntimeError:
        assert ends == "by an error"
    used = weights(model)
    model.optimizer.train()
    assert any(not torch.equal(p, q) for p, q in zip(used, weights(model), strict=True))
    model.optimizer.eval()
    for p, q in zip(used, weights(model), strict=True):
        torch.testing.assert_close(p, q, rtol=1e-5, atol=1e-6)  # there and back by interpolation


def test_arguments_of_keras_and_of_the_library_are_kept_in_a_config() -> None:
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    optimizer = torchkeras_optimizers.Adan(schedule, betas=(0.9, 0.9, 0.9), clipnorm=1.0, name="mine")
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()
    assert (again.clipnorm, again.name, again.arguments) == (1.0, "mine", {"betas": (0.9, 0.9, 0.9)})


def test_a_schedule_reaches_the_library(data: Any) -> None:
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([3], [0.01, 0.0])
    model = compiled(torchkeras_optimizers.AdaBelief(schedule))
    x, y = data
    model.fit(x, y, batch_size=10, shuffle=False, verbose=0)
    before = weights(model)
    model.fit(x, y, batch_size=10, shuffle=False, verbose=0)
    for p, q in zip(weights(model), before, strict=True):
        torch.testing.assert_close(p, q, rtol=0, atol=0)


def test_a_name_of_keras_is_keras_s_and_that_of_the_library_with_its_package() -> None:
    assert type(keras.optimizers.get("ScheduleFreeAdamW")) is keras.optimizers.ScheduleFreeAdamW
    assert type(keras.optimizers.get("optimizers>ScheduleFreeAdamW")).__module__ == "torchkeras_optimizers"
    assert keras.optimizers.Prodigy is torchkeras_optimizers.Prodigy


def test_bad_arguments_are_refused_at_once() -> None:
    with pytest.raises(TypeError, match="Adan of pytorch_optimizer has no argument 'beta'. It has.*betas"):
        torchkeras_optimizers.Adan(beta=0.9)
    with pytest.raises(ValueError, match="beta"):
        torchkeras_optimizers.Adan(betas=(2.0, 0.9, 0.9))
    with pytest.raises(AttributeError, match="has no 'LBFGS'"):
        torchkeras_optimizers.LBFGS  # noqa: B018


def test_every_name_is_listed() -> None:
    assert set(PLACES) < set(dir(torchkeras_optimizers))
    assert np.all([keras.optimizers.get(f"optimizers>{name}").weight_decay >= 0 for name in PLACES])
