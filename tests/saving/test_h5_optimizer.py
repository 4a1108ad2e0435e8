"""Training that goes on from `.h5` files of Keras 1 and 2, with the numbers of the Keras that wrote them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.saving import files_of_old_optimizers as files
from tests.saving.files_of_old_optimizers import Case
from torchkeras_compat import models
from torchkeras_compat.errors import UnknownNameError
from torchkeras_compat.optimizers.adam import Adam


def _loaded(path: Path, case: Case, **options: Any) -> Any:
    file = str(path / "old.h5")
    files.write(file, case, **options)
    return models.load_model(file)


@pytest.mark.parametrize("case", list(files.all_cases()), ids=str)
def test_training_goes_on_as_in_the_keras_that_wrote_the_file(tmp_path: Path, case: Case) -> None:
    restarts = bool(case.settings.get("decay")) and not files.is_counted(case)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = _loaded(tmp_path, case)
    assert len(caught) == restarts, [str(w.message) for w in caught]
    for steps in (1, 2):
        model.train_on_batch(np.float32(files.X), np.float32(files.Y))
        for found, expected in zip(model.get_weights(), files.after(case, steps), strict=True):
            np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)
    if files.is_counted(case):
        assert int(model.optimizer.iterations) == 9


ADAM = Case("2.2.4", "Adam", {})


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (slice(0, 5), "it has 4 arrays, where 2 for each of 4 weights are expected"),
        (slice(1, None), "the count of updates is missing"),
        (slice(0, 1), "it has 0 arrays"),
        (slice(0, 14), "it has 12 arrays|13 arrays"),
    ],
)
def test_a_state_of_another_number_of_arrays_is_left_out(tmp_path: Path, names: slice, why: str) -> None:
    arrays = [*files.state(ADAM), ("more:0", np.zeros(1, "float32"))][names]
    with pytest.warns(UserWarning, match=f"(?s){why}.*starts with a new state"):
        model = _loaded(tmp_path, ADAM, arrays=arrays)
    assert int(model.optimizer.iterations) == 0
    model.train_on_batch(np.float32(files.X), np.float32(files.Y))
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.parametrize("count", [np.nan, np.inf, -1.0, 2.0**31, 1e300, 0.5])
def test_a_count_that_is_none_is_left_out(tmp_path: Path, count: float) -> None:
    arrays = [(name, np.array(count) if array.shape == () else array) for name, array in files.state(ADAM)]
    with pytest.warns(UserWarning, match="its count of updates is"):
        model = _loaded(tmp_path, ADAM, arrays=arrays)
    assert int(model.optimizer.iterations) == 0


def test_moments_that_cannot_be_second_ones_are_left_out(tmp_path: Path) -> None:
    """Weights would become NaN."""
    arrays = [(name, array if array.shape in ((), (1,)) else -abs(array)) for name, array in files.state(ADAM)]
    with pytest.warns(UserWarning, match="its 'velocity' has negative numbers"):
        model = _loaded(tmp_path, ADAM, arrays=arrays)
    model.train_on_batch(np.float32(files.X), np.float32(files.Y))
    assert all(np.isfinite(w).all() for w in model.get_weights())


def test_names_that_say_something_else_are_left_out(tmp_path: Path) -> None:
    case = Case("2.10.0", "Adam", {})
    arrays = [(name.replace("/v:", "/w:"), array) for name, array in files.state(case)]
    with pytest.warns(UserWarning, match="'Adam/b/kernel/w:0' does not belong to it"):
        _loaded(tmp_path, case, arrays=arrays)
    arrays = [(name, array) for name, array in files.state(case) if "/v:" not in name]
    with pytest.warns(UserWarning, match="its 'velocity' is missing"):
        _loaded(tmp_path, case, arrays=arrays)


@pytest.mark.parametrize("version", ["1.2.2", "2.2.4", "2.3.1"])
def test_a_model_that_never_trained_starts_without_a_word(tmp_path: Path, version: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = _loaded(tmp_path, Case(version, "Adam", {}), arrays=[])
    assert int(model.optimizer.iterations) == 0
    assert float(model.optimizer.learning_rate) == pytest.approx(0.05)


def test_a_product_of_momenta_that_is_none_is_left_out(tmp_path: Path) -> None:
    case = Case("2.3.1", "Nadam", {})
    arrays = [(n, np.float32(np.nan) if "m_schedule" in n else array) for n, array in files.state(case)]
    with pytest.warns(UserWarning, match="its product of momenta is nan"):
        _loaded(tmp_path, case, arrays=arrays)


def _with_moments_like_weights(path: str, version: str, backend: str, layers: Any, weights: dict[str, Any]) -> None:
    """Write a model whose first moments are its weights, and whose second ones are their sizes."""
    config = {"lr": 0.1, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "decay": 0.0}
    training = {"optimizer_config": {"class_name": "Adam", "config": config}, "loss": "mse", "metrics": []}
    order = sorted if version[0] == "1" else list
    arrays = dict(order([pair for named in weights.values() for pair in named.items()]))  # type: ignore[operator]
    state = [np.array(3.0), *arrays.values(), *(abs(array) for array in arrays.values())]
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = version, backend
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers})
        file.attrs["training_config"] = json.dumps(training)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for layer, named in weights.items():
            files.write_listed(group.create_group(layer), list(named.items()))
        files.write_listed(file.create_group("optimizer_weights"), [(f"p_{i}", a) for i, a in enumerate(state)])


def _same_layout(path: str) -> None:
    model: Any = models.load_model(path)
    momenta, velocities = model.optimizer._tracked[::2], model.optimizer._tracked[1::2]
    for weight, momentum, velocity in zip(model.trainable_variables, momenta, velocities, strict=True):
        np.testing.assert_array_equal(momentum.numpy(), weight.numpy())
        np.testing.assert_array_equal(velocity.numpy(), abs(weight.numpy()))


def test_moments_of_the_gates_of_keras_1_are_joined_as_the_gates_are(tmp_path: Path) -> None:
    settings = {"name": "l", "output_dim": 2, "batch_input_shape": [None, 4, 3], "input_dim": 3, "input_length": 4}
    draw = np.random.default_rng(0).normal
    shapes = {"W": (3, 2), "U": (2, 2), "b": (2,)}
    arrays = {f"l_{part}_{gate}": np.float32(draw(size=shapes[part])) for gate in "icfo" for part in "WUb"}
    path = str(tmp_path / "lstm.h5")
    _with_moments_like_weights(path, "1.2.2", "theano", [{"class_name": "LSTM", "config": settings}], {"l": arrays})
    _same_layout(path)


def test_moments_of_kernels_of_theano_are_turned_round_as_the_kernels_are(tmp_path: Path) -> None:
    settings = {"name": "c", "filters": 2, "kernel_size": [2, 3], "batch_input_shape": [None, 5, 5, 1]}
    kernel = np.arange(12, dtype="float32").reshape(2, 3, 1, 2)
    weights = {"c": {"c/kernel": kernel, "c/bias": np.ones(2, "float32")}}
    path = str(tmp_path / "conv.h5")
    _with_moments_like_weights(path, "2.1.3", "theano", [{"class_name": "Conv2D", "config": settings}], weights)
    _same_layout(path)
    assert models.load_model(path).trainable_variables[0].numpy().ravel()[0] == 10.0


@pytest.mark.parametrize("version", ["1.2.2", "2.0.6", "2.2.4"])
def test_arrays_that_are_not_listed_go_by_their_numbers(tmp_path: Path, version: str) -> None:
    case = Case(version, "Adam", {})
    model = _loaded(tmp_path, case, has_names=False)
    model.train_on_batch(np.float32(files.X), np.float32(files.Y))
    for found, expected in zip(model.get_weights(), files.after(case, 1), strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)


def test_arrays_whose_names_have_no_order_must_be_listed(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="the count of updates is missing"):
        _loaded(tmp_path, Case("2.10.0", "Adam", {}), has_names=False)


def _changed(path: Path, **changes: Any) -> str:
    file = str(path / "old.h5")
    files.write(file, ADAM)
    with h5py.File(file, "a") as root:
        training = {**json.loads(root.attrs["training_config"]), **changes}
        root.attrs["training_config"] = json.dumps({k: v for k, v in training.items() if v is not ...})
    return file


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": "my_loss"},
        {"metrics": ["my_metric"]},
        {"optimizer_config": {"class_name": "Mine", "config": {}}},
        {"optimizer_config": {"class_name": "Addons>AdamW", "config": {}}},
    ],
)
def test_names_that_are_not_known_are_said_and_not_compiled_they_do_not_matter(tmp_path: Path, changes: Any) -> None:
    file = _changed(tmp_path, **changes)
    with pytest.raises(UnknownNameError) as caught:
        models.load_model(file)
    assert "compile=False" in "".join(caught.value.__notes__)
    assert models.load_model(file, compile=False).optimizer is None


def test_a_file_without_an_optimizer_leaves_the_model_as_it_is(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="names no optimizer. It is not compiled"):
        assert not models.load_model(_changed(tmp_path, optimizer_config=...)).compiled


def test_losses_optimizers_and_metrics_of_the_user_are_found(tmp_path: Path) -> None:
    class Mine(Adam):
        pass

    def my_loss(y_true: Any, y_pred: Any) -> Any:
        return (y_true - y_pred) ** 2

    file = _changed(tmp_path, loss="my_loss", optimizer_config={"class_name": "Mine", "config": {}})
    model = models.load_model(file, custom_objects={"my_loss": my_loss, "Mine": Mine})
    assert model.loss is my_loss
    assert type(model.optimizer) is Mine
    assert int(model.optimizer.iterations) == 7
