from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.legacy.optimizers.optimizer_v2 import LegacyAdam

writer: Any = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("writer.py"))))
END = "/.ATTRIBUTES/VARIABLE_VALUE"
WEIGHTS = {"layer_with_weights-0/kernel": (2, 1), "layer_with_weights-0/bias": (1,)}


def written(path: Path, optimizer: dict[str, Any]) -> Path:
    """A checkpoint with an optimizer that has these arrays."""
    arrays = {f"{k}{END}": np.ones(s, "float32") for k, s in WEIGHTS.items()}
    arrays |= {f"optimizer/{k}{END}": np.asarray(v) for k, v in optimizer.items()}
    nodes = writer.nodes_of([*WEIGHTS, *(f"optimizer/{k}" for k in optimizer)])
    writer.write_bundle(path, arrays, writer.graph(nodes))
    return path


def model_with(optimizer: Any) -> Any:
    model = ours.Sequential([ours.Input((2,)), layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def slots(*names: str, zeros: bool = False) -> dict[str, Any]:
    value = np.zeros if zeros else np.ones
    found = {f"{name}/{i}": value(s, "float32") for name in names for i, s in enumerate(WEIGHTS.values())}
    for i, array in enumerate(list(found.values())):
        found[f"_variables/{i + 1}"] = array
    return {**found, "_iterations": np.array(7, "int64"), "_learning_rate": np.array(0.25, "float32")}


@pytest.mark.parametrize(
    ("optimizer", "names"),
    [
        ("adam", ["_momentums", "_velocities"]),
        ("adamax", ["_m", "_u"]),
        ("adagrad", ["_accumulators"]),
        ("adadelta", ["_accumulated_grads", "_accumulated_delta_vars"]),
        ("ftrl", ["_accumulators", "_linears"]),
        ("rmsprop", ["_velocities"]),
        ("lion", ["momentums"]),
    ],
)
def test_slots_go_by_their_lists(tmp_path: Path, optimizer: str, names: list[str]) -> None:
    model = model_with(optimizer)
    model.load_weights(written(tmp_path / "cp", slots(*names)))
    assert int(model.optimizer.iterations) == 7 and float(model.optimizer.learning_rate) == 0.25
    assert all((v.numpy() == 1).all() for v in model.optimizer.variables[2:]) and len(model.optimizer.variables) > 2


def test_sgd_without_momentum_has_zeros_there(tmp_path: Path) -> None:
    model = model_with("sgd")
    model.load_weights(written(tmp_path / "cp", slots("momentums", zeros=True)))
    assert int(model.optimizer.iterations) == 7
    with pytest.warns(UserWarning, match="the SGD of the model keeps none"):
        model_with("sgd").load_weights(written(tmp_path / "cp", slots("momentums")))


def test_a_state_of_another_form_is_left_out(tmp_path: Path) -> None:
    found = slots("_momentums", "_velocities")
    found["_velocities/1"] = np.ones(5, "float32")
    with pytest.warns(UserWarning, match=r"does not have the shape \(1,\)"):
        model_with("adam").load_weights(written(tmp_path / "cp", found))
    del found["_velocities/1"]
    with pytest.warns(UserWarning, match=r"it has no velocity for '.*bias'"):
        model_with("adam").load_weights(written(tmp_path / "cp", found))


@pytest.mark.parametrize("rate", [np.nan, -1.0, np.inf])
def test_a_learning_rate_that_is_none_changes_nothing(tmp_path: Path, rate: float) -> None:
    model = model_with("adam")
    before = model.get_weights()[0]
    found = {**slots("_momentums", "_velocities"), "_learning_rate": np.array(rate, "float32")}
    with pytest.raises(FileContentError, match="for the learning_rate of the optimizer"):
        model.load_weights(written(tmp_path / "cp", found))
    np.testing.assert_array_equal(model.get_weights()[0], before)


def test_an_optimizer_with_a_scaled_loss_goes_on_with_its_scale(tmp_path: Path) -> None:
    scale = {"loss_scale/current_loss_scale": np.float32(64.0), "loss_scale/good_steps": np.int64(5)}
    model = model_with(ours.optimizers.LossScaleOptimizer(ours.optimizers.Adam()))
    model.load_weights(written(tmp_path / "cp", {**slots("_momentums", "_velocities"), **scale}))
    optimizer = model.optimizer
    assert float(optimizer.dynamic_scale) == 64 and int(optimizer.step_counter) == 5 and int(optimizer.iterations) == 7
    assert all((v.numpy() == 1).all() for v in optimizer.inner_optimizer.variables[2:])


def test_optimizers_of_keras_2_are_of_the_class_of_today(tmp_path: Path) -> None:
    model = model_with(LegacyAdam(decay=0.1))
    model.load_weights(written(tmp_path / "cp", slots("_momentums", "_velocities")))
    assert int(model.optimizer.iterations) == 7
