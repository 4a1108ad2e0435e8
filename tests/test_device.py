"""The device: which one is chosen, and that models, data, metrics and optimizers follow it.

The meta device stands for an accelerator: it computes nothing, and whatever would make the program wait for a value
(``.item()``, ``float(tensor)``, a branch on one) is an error on it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from torchkeras_compat import Model, Sequential, layers
from torchkeras_compat.device import _accelerator_seen, current_device, device, parse_device


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cpu", "cpu"),
        ("CPU:0", "cpu"),
        ("gpu", "cuda"),
        ("gpu:1", "cuda:1"),
        ("/GPU:0", "cuda:0"),
        ("/device:GPU:2", "cuda:2"),
        ("cuda:1", "cuda:1"),
        ("meta", "meta"),
        (torch.device("cpu"), "cpu"),
    ],
)
def test_devices_are_named_as_in_keras_and_in_torch(name: object, expected: str) -> None:
    assert parse_device(name) == torch.device(expected)


@pytest.mark.parametrize("name", ["graphics", "", 3, None])
def test_what_names_no_device_is_refused(name: object) -> None:
    with pytest.raises(ValueError, match=r"device"):
        parse_device(name)


def test_the_innermost_scope_decides_and_ends() -> None:
    before = current_device()
    with device("cpu"), device("meta"):
        assert current_device().type == "meta" and torch.zeros(1).device.type == "meta"
    assert current_device() == before


def test_the_environment_variable_decides_for_the_whole_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHKERAS_DEVICE", "meta")
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    assert {p.device.type for p in model.parameters()} == {"meta"}
    monkeypatch.setenv("TORCHKERAS_DEVICE", "nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        current_device()


@pytest.mark.parametrize("named", [None, "cuda"])
def test_a_process_forked_from_one_that_uses_cuda_takes_the_cpu(
    monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "_is_in_bad_fork", lambda: True)
    if named:
        monkeypatch.setenv("TORCHKERAS_DEVICE", named)
    _accelerator_seen.cache_clear()
    try:
        assert current_device().type == "cpu"
    finally:
        _accelerator_seen.cache_clear()


def test_an_accelerator_is_taken_where_there_is_one() -> None:
    code = (
        "import torch; torch.cuda.is_available = lambda: True; torch.cuda.current_device = lambda: 3;"
        "from torchkeras_compat.device import current_device; print(current_device())"
    )
    environment = {"PATH": "", "TORCHKERAS_DEVICE": ""}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert found.stdout.strip() == "cuda:3"


@pytest.fixture
def four_cuda_devices(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """CUDA functions of torch that answer from a dictionary, as devices may be chosen at any time."""
    state = {"current": 0, "count": 4}
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    monkeypatch.delenv("TORCHKERAS_DEVICE", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: state["count"] > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: state["count"])
    monkeypatch.setattr(torch.cuda, "current_device", lambda: state["current"])
    monkeypatch.setattr(torch.cuda, "set_device", lambda index: state.update(current=index))
    _accelerator_seen.cache_clear()
    yield state
    _accelerator_seen.cache_clear()


@pytest.mark.usefixtures("four_cuda_devices")
def test_the_current_cuda_device_of_torch_counts_after_the_first_use_too() -> None:
    assert str(current_device()) == "cuda:0"
    torch.cuda.set_device(2)
    assert str(current_device()) == "cuda:2"
    torch.cuda.set_device(0)
    assert str(current_device()) == "cuda:0"


def test_the_local_rank_chooses_a_device_unless_torch_has_another(
    four_cuda_devices: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert str(current_device()) == "cuda:0"
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert str(current_device()) == "cuda:3"
    monkeypatch.setenv("TORCHKERAS_DEVICE", "cuda")
    assert str(current_device()) == "cuda:3"
    monkeypatch.setenv("TORCHKERAS_DEVICE", "cuda:2")
    assert str(current_device()) == "cuda:2"
    monkeypatch.delenv("TORCHKERAS_DEVICE")
    torch.cuda.set_device(1)
    assert str(current_device()) == "cuda:1"
    torch.cuda.set_device(0)
    four_cuda_devices["count"] = 1  # each process sees its own device only
    assert str(current_device()) == "cuda:0"


def test_visible_devices_that_change_are_asked_for_again(
    four_cuda_devices: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    four_cuda_devices["count"] = 0
    assert current_device().type == "cpu"
    four_cuda_devices["count"] = 2
    assert current_device().type == "cpu"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    assert str(current_device()) == "cuda:0"


def network() -> Model:
    inputs = layers.Input((8,))
    hidden = layers.Dense(5, activation="relu", kernel_regularizer="l2", kernel_constraint="max_norm")(inputs)
    hidden = layers.Dropout(0.5)(hidden)
    return Model(inputs, layers.Dense(3, activation="softmax", activity_regularizer="l1")(hidden))


@pytest.mark.parametrize(
    "optimizer", ["sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "lion", "clipped"]
)
def test_a_training_step_follows_the_device_and_never_waits_for_it(optimizer: str) -> None:
    from torchkeras_compat import optimizers

    chosen = optimizers.Adam(global_clipnorm=1.0, weight_decay=0.1) if optimizer == "clipped" else optimizer
    with device("meta"):
        model = network()
        model.compile(chosen, "categorical_crossentropy", metrics=["accuracy", "mse"], weighted_metrics=["mae"])
        x, y, weights = (torch.zeros(shape) for shape in ((4, 8), (4, 3), (4,)))
        step = model._make_step()
        model.train(True)
        for _ in range(2):
            step.train(x, y, weights)
        model.train(False)
        step.test(x, y, weights)
    assert {p.device.type for p in model.parameters()} == {"meta"}
    assert {v.device.type for metric in model.metrics for v in metric.variables} == {"meta"}
    slots = [v for v in model.optimizer.variables if v.shape != ()]  # counts and rates are host numbers
    assert {v.device.type for v in slots} <= {"meta"}
    logs = step.logs()
    assert {logs.unread(name).device.type for name in logs} == {"meta"}


@pytest.mark.parametrize(
    "loss", ["mse", "huber", "kl_divergence", "hinge", "sparse_categorical_crossentropy", "poisson"]
)
def test_a_loss_never_waits_for_the_device(loss: str) -> None:
    with device("meta"):
        model = network()
        model.compile("sgd", loss, metrics=["accuracy"])
    y = torch.zeros(4, dtype=torch.int64, device="meta") if "sparse" in loss else torch.zeros(4, 3, device="meta")
    model._make_step().train(torch.zeros(4, 8, device="meta"), y, None)


def test_a_model_that_is_moved_takes_its_data_along() -> None:
    model = network().to("meta")
    assert model._data_device().type == "meta"
    assert model(torch.zeros(2, 8, device="meta")).shape == (2, 3)


@pytest.mark.cuda
def test_everything_lies_on_the_gpu_and_trains_there() -> None:
    model = network()
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    x, y = np.random.normal(size=(64, 8)).astype("float32"), np.eye(3, dtype="float32")[np.arange(64) % 3]
    history = model.fit(x, y, batch_size=16, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert {p.device.type for p in model.parameters()} == {"cuda"}
    assert {v.device.type for metric in model.metrics for v in metric.variables} == {"cuda"}
    assert model.predict(x, verbose=0).shape == (64, 3)


@pytest.mark.cuda
def test_no_step_synchronises_on_the_gpu() -> None:
    model = network()
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    x, y = torch.zeros(16, 8, device="cuda"), torch.zeros(16, 3, device="cuda")
    step = model._make_step()
    model.train(True)
    step.train(x, y, None)
    torch.cuda.set_sync_debug_mode("error")
    try:
        step.train(x, y, None)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.cuda
def test_a_scope_keeps_a_model_on_the_cpu() -> None:
    with device("cpu"):
        model = network()
        model.compile("sgd", "mse")
        model.fit(np.zeros((8, 8), "float32"), np.zeros((8, 3), "float32"), verbose=0)
    assert {p.device.type for p in model.parameters()} == {"cpu"}
