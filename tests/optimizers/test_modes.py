"""Optimizers with `train` and `eval`: which weights a model has while it trains, and at all other times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras_compat as keras


class Shifted(torch.optim.SGD):
    """SGD whose weights are 100 greater while it trains."""

    is_training = False

    def train(self) -> None:
        if not self.is_training:
            self._shift(100.0)
        self.is_training = True

    def eval(self) -> None:
        if self.is_training:
            self._shift(-100.0)
        self.is_training = False

    @torch.no_grad()
    def _shift(self, by: float) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                p.add_(by)


class Watch(keras.callbacks.Callback):
    """Writes down where the weights are, in every hook."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, bool]] = []

    def _look(self, hook: str) -> None:
        self.seen.append((hook, weight(self.model) > 50))

    def on_train_begin(self, logs=None) -> None:
        self._look("train_begin")

    def on_train_batch_end(self, batch, logs=None) -> None:
        self._look("train_batch_end")

    def on_test_begin(self, logs=None) -> None:
        self._look("test_begin")

    def on_epoch_end(self, epoch, logs=None) -> None:
        self._look("epoch_end")

    def on_train_end(self, logs=None) -> None:
        self._look("train_end")


def weight(model: keras.Model) -> float:
    return float(model.trainable_variables[0].value.detach().sum())


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    return np.zeros((4, 1), "float32"), np.zeros((4, 1), "float32")


@pytest.fixture
def model() -> keras.Model:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(Shifted(model.parameters(), lr=0.1), "mse")
    return model


def test_fit_trains_in_training_mode_and_validates_and_ends_in_the_other(model, data) -> None:
    watch = Watch()
    model.fit(*data, batch_size=2, epochs=2, validation_data=data, callbacks=[watch], verbose=0)
    epoch = [("train_batch_end", True), ("train_batch_end", True), ("test_begin", False), ("epoch_end", False)]
    assert watch.seen == [("train_begin", False), *epoch, *epoch, ("train_end", False)]
    assert weight(model) < 50


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_an_interrupted_fit_leaves_the_weights_to_use(model, data, error: BaseException) -> None:
    def interrupt(batch, logs) -> None:
        assert weight(model) > 50
        raise error

    with pytest.raises(type(error)):
        model.fit(*data, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=interrupt)], verbose=0)
    assert weight(model) < 50


def test_evaluation_in_a_batch_hook_uses_them_and_training_goes_on(model, data) -> None:
    seen = []

    def look(batch, logs) -> None:
        assert weight(model) > 50
        assert model.training
        seen.append(float(model.predict(np.ones((1, 1)), verbose=0).item()))
        model.evaluate(*data, verbose=0)

    model.fit(*data, batch_size=1, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=look)], verbose=0)
    assert len(seen) == 4
    assert max(seen) < 50


def test_one_batch_at_a_time(model, data) -> None:
    model.train_on_batch(*data)
    assert weight(model) < 50
    model.train()
    assert weight(model) > 50
    model.predict_on_batch(data[0])
    assert weight(model) < 50


@pytest.mark.filterwarnings("ignore:`optimizer` of `compile`")
@pytest.mark.parametrize("ending", [".keras", ".weights.h5", ".h5"])
def test_a_file_written_while_training_has_the_weights_to_use(model, data, tmp_path: Path, ending: str) -> None:
    path, seen = tmp_path / f"model{ending}", []
    write = model.save_weights if "weights" in ending else model.save

    def save(batch, logs) -> None:
        write(path)
        seen.append(weight(model))

    model.fit(*data, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=save)], verbose=0)
    assert seen[0] > 50
    again = keras.models.clone_model(model)
    again.load_weights(path)
    assert weight(again) == pytest.approx(seen[0] - 100, abs=1e-4)  # float32, at 100


def test_optimizers_inside_others_and_in_other_attributes_are_switched(model) -> None:
    class Noted(keras.optimizers.SGD):
        calls: list[str]

        def train(self) -> None:
            self.calls.append("train")

        def eval(self) -> None:
            self.calls.append("eval")

    parts = [Noted(0.1) for _ in range(4)]
    for part in parts:
        part.calls = []
    model.compile(keras.optimizers.LossScaleOptimizer(parts[0]))
    model.other = parts[1]
    model.third = keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(parts[2], {"x": parts[3]}))
    model.train()
    model.eval()
    assert [part.calls for part in parts] == [["train", "eval"]] * 4


def test_the_optimizers_of_the_schedule_free_library_train_as_in_a_plain_loop() -> None:
    schedulefree = pytest.importorskip("schedulefree")
    keras.utils.set_random_seed(0)
    x = torch.randn(12, 3)
    y = x.sum(1, keepdim=True)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    plain = torch.nn.Linear(3, 1)
    plain.load_state_dict({"weight": model.layers[0].linear.weight, "bias": model.layers[0].linear.bias})
    model.compile(schedulefree.AdamWScheduleFree(model.parameters(), lr=0.1), "mse")
    model.fit(x, y, batch_size=4, epochs=2, shuffle=False, validation_data=(x, y), verbose=0)
    optimizer = schedulefree.AdamWScheduleFree(plain.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.train()
        for i in range(0, 12, 4):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(plain(x[i : i + 4]), y[i : i + 4]).backward()
            optimizer.step()
        optimizer.eval()
    torch.testing.assert_close(model.layers[0].linear.weight, plain.weight, rtol=0, atol=0)
