"""Sequences with masks and states, several inputs and outputs, parts that stay frozen: as in Keras."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.training.test_own_steps import both, fixed

RNG = np.random.RandomState(3)
TOKENS = np.where(np.arange(5) < RNG.randint(2, 6, size=(12, 1)), RNG.randint(1, 9, size=(12, 5)), 0)
SERIES = RNG.normal(size=(12, 5, 3)).astype("float32")
WEIGHTS = RNG.uniform(0.5, 2, size=(12, 5)).astype("float32")


def masked(K: Any) -> Any:
    layers = [
        K.layers.Input((5,), dtype="int32"),
        K.layers.Embedding(9, 4, mask_zero=True),
        K.layers.LSTM(4, return_sequences=True),
        K.layers.Dense(3, activation="softmax"),
    ]
    return fixed(K.Sequential(layers), 1)


@pytest.mark.parametrize("weighted", [False, True], ids=["masks", "masks and weights of time steps"])
def test_masks_reach_losses_and_metrics(weighted: bool, real_keras: ModuleType) -> None:
    def run(K: Any) -> tuple[dict, list]:
        model = masked(K)
        model.compile(K.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
        weights = {"sample_weight": WEIGHTS} if weighted else {}
        y = TOKENS % 3
        history = model.fit(TOKENS, y, batch_size=5, epochs=2, shuffle=False, verbose=0, **weights).history
        evaluated = model.evaluate(TOKENS, y, verbose=0, return_dict=True, **weights)
        return {**history, **{f"end_{k}": v for k, v in evaluated.items()}}, model.get_weights()

    both(real_keras, run)


def test_a_weighted_metric_is_the_mean_over_what_is_not_masked() -> None:
    """Keras's torch backend scales the weights by the mask in place, for the metrics too; its others do not."""
    model, y = masked(ours), TOKENS % 3
    loss = "sparse_categorical_crossentropy"
    model.compile("sgd", loss, weighted_metrics=["sparse_categorical_crossentropy"])
    found = model.evaluate(TOKENS, y, sample_weight=WEIGHTS, batch_size=5, verbose=0, return_dict=True)
    p = model.predict(TOKENS, verbose=0)
    losses = -np.log(np.take_along_axis(p, y[..., None], -1))[..., 0]
    expected = np.average(losses, weights=WEIGHTS * (TOKENS != 0))
    assert found["sparse_categorical_crossentropy"] == pytest.approx(expected, rel=1e-5)


def stateful(K: Any, cell: str) -> Any:
    layers = [K.layers.Input(batch_shape=(4, 5, 3)), getattr(K.layers, cell)(4, stateful=True), K.layers.Dense(1)]
    model = fixed(K.Sequential(layers), 1)
    model.layers[0].reset_state()
    return model


def test_states_last_from_batch_to_batch_until_they_are_reset(real_keras: ModuleType) -> None:
    def run(K: Any) -> tuple[dict, list]:
        class Reset(K.callbacks.Callback):
            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                self.model.layers[0].reset_state()

        model = stateful(K, "SimpleRNN")
        model.compile(K.optimizers.SGD(0.05), "mse")
        y = SERIES[:, 0, :1]
        fit_with = {"batch_size": 4, "shuffle": False, "verbose": 0}
        history = model.fit(SERIES, y, epochs=3, callbacks=[Reset()], **fit_with).history
        first = model.predict(SERIES, batch_size=4, verbose=0)
        again = model.predict(SERIES, batch_size=4, verbose=0)  # starts where the first ended
        assert np.abs(first - again).max() > 1e-4
        return history, [*(w for w in model.get_weights() if w.shape != (4, 4)), first, again]

    both(real_keras, run)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_training_goes_on_from_the_states_of_the_batch_before(cell: str) -> None:
    """Keras cannot train these on torch: it changes their states in place while the gradients still need them."""
    model = stateful(ours, cell)
    model.compile(ours.optimizers.SGD(0.05), "mse")
    y = SERIES[:, 0, :1]
    model.fit(SERIES, y, batch_size=4, shuffle=False, verbose=0)

    twin = fixed(ours.Sequential([ours.layers.Input((5, 3)), getattr(ours.layers, cell)(4, return_state=True)]), 1)
    head = ours.layers.Dense(1)
    head.build((None, 4))
    start = stateful(ours, cell)
    twin.layers[0].set_weights([w.numpy() for w in start.layers[0].trainable_weights])
    head.set_weights(start.layers[1].get_weights())
    optimizer = torch.optim.SGD([*twin.parameters(), *head.parameters()], 0.05)
    states = None
    for i in range(0, 12, 4):
        optimizer.zero_grad()
        outputs, *states = twin.layers[0](torch.from_numpy(SERIES[i : i + 4]), initial_state=states)
        torch.nn.functional.mse_loss(head(outputs), torch.from_numpy(y[i : i + 4])).backward()
        optimizer.step()
        states = [state.detach() for state in states]
    for mine, plain in zip(model.layers[0].trainable_weights, twin.layers[0].trainable_weights, strict=True):
        torch.testing.assert_close(mine.value, plain.value)


def test_keras_2_resets_the_states_of_a_model() -> None:
    model = ours.Sequential([ours.layers.Input(batch_shape=(4, 5, 3)), ours.layers.LSTM(4, stateful=True)])
    first = model.predict(SERIES[:4], batch_size=4, verbose=0)
    assert np.abs(model.predict(SERIES[:4], batch_size=4, verbose=0) - first).max() > 1e-4
    model.reset_states()
    np.testing.assert_array_equal(model.predict(SERIES[:4], batch_size=4, verbose=0), first)


A, B, C = (RNG.normal(size=(12, n)).astype("float32") for n in (3, 2, 4))


def nested(K: Any) -> Any:
    a, b, c = (K.layers.Input((n,), name=name) for n, name in ((3, "a"), (2, "b"), (4, "c")))
    x = K.layers.Concatenate()([K.layers.Dense(4, activation="tanh")(t) for t in (a, b, c)])
    outputs = {
        "one": K.layers.Dense(1, name="one")(x),
        "more": [K.layers.Dense(2, name=f"more_{i}")(x) for i in (0, 1)],
    }
    return fixed(K.Model({"a": a, "rest": [b, c]}, outputs), 1)


def test_inputs_and_outputs_in_any_nesting(real_keras: ModuleType) -> None:
    def run(K: Any) -> tuple[dict, list]:
        model = nested(K)
        model.compile(
            K.optimizers.Adam(0.01),
            {"one": "mae", "more": ["mse", "mse"]},
            metrics={"one": ["mse"], "more": [["mae"], ["mae"]]},
        )
        x = {"a": A, "rest": [B, C]}
        y = {"one": A[:, :1], "more": [B, C[:, :2]]}
        model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
        predicted = model.predict(x, verbose=0)
        return {"loss": [model.evaluate(x, y, verbose=0, return_dict=True)["loss"]]}, [
            *model.get_weights(),
            predicted["one"],
            *predicted["more"],
        ]

    both(real_keras, run)


def test_an_output_without_a_loss_needs_no_target(real_keras: ModuleType) -> None:
    def run(K: Any) -> tuple[dict, list]:
        x = K.layers.Input((3,))
        outputs = [K.layers.Dense(1, name="first")(x), K.layers.Dense(2, name="second")(x)]
        model = fixed(K.Model(x, outputs), 1)
        model.compile(K.optimizers.SGD(0.1), ["mse", None])
        history = model.fit(A, [A[:, :1], B], batch_size=4, epochs=2, shuffle=False, verbose=0).history
        return history, model.get_weights()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both say that the second layer gets no gradients
        both(real_keras, run)
    x = ours.layers.Input((3,))
    model = ours.Model(x, [ours.layers.Dense(1, name="first")(x), x])
    model.compile("sgd", ["mse", None])
    model.fit(A, [A[:, :1], None], verbose=0)


def test_a_base_is_trained_after_the_head() -> None:
    """Transfer learning as in the guides of Keras: its batch statistics stay, frozen first, then at a low rate."""
    base = ours.Sequential(
        [ours.layers.Input((3,)), ours.layers.Dense(4), ours.layers.BatchNormalization()], name="base"
    )
    fixed(base, 1)
    base.layers[1].moving_variance.assign(np.ones(4))
    base.trainable = False
    inputs = ours.layers.Input((3,))
    model = ours.Model(inputs, ours.layers.Dense(1, name="head")(base(inputs, training=False)))
    fixed(model.get_layer("head"), 2)
    before = [w.copy() for w in base.get_weights()]

    linear, norm, head = torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4, eps=1e-3), torch.nn.Linear(4, 1)
    with torch.no_grad():
        for module, weights in ((linear, base.layers[0]), (head, model.get_layer("head"))):
            module.weight.copy_(weights.kernel.value.T)
            module.bias.copy_(weights.bias.value)
        for name, value in zip(("weight", "bias", "running_mean", "running_var"), base.layers[1].weights, strict=True):
            getattr(norm, name).copy_(value.value)
    twin = torch.nn.Sequential(linear, norm, head).eval()

    def plain(parameters: Any, rate: float) -> None:
        optimizer = torch.optim.SGD(parameters, rate)
        for start in range(0, 12, 4):
            optimizer.zero_grad()
            x = torch.from_numpy(A[start : start + 4])
            torch.nn.functional.mse_loss(twin(x), x[:, :1]).backward()
            optimizer.step()

    model.compile(ours.optimizers.SGD(0.1), "mse")
    model.fit(A, A[:, :1], batch_size=4, shuffle=False, verbose=0)
    plain(head.parameters(), 0.1)
    for old, new in zip(before, base.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    base.trainable = True
    model.compile(ours.optimizers.SGD(0.01), "mse")
    model.fit(A, A[:, :1], batch_size=4, shuffle=False, verbose=0)
    plain(twin.parameters(), 0.01)
    torch.testing.assert_close(torch.from_numpy(model.predict(A, verbose=0)), twin(torch.from_numpy(A)).detach())
    np.testing.assert_array_equal(before[4], base.layers[1].moving_mean.numpy())


@pytest.mark.parametrize("arguments", [{"steps_per_execution": 3}, {"run_eagerly": True}], ids=str)
def test_how_steps_are_run_changes_no_number(arguments: dict[str, Any]) -> None:
    found = []
    for given in ({}, arguments):
        ours.utils.set_random_seed(1)
        model = nested(ours)
        model.compile("adam", {"one": "mae", "more": ["mse", "mse"]}, **given)
        x, y = {"a": A, "rest": [B, C]}, {"one": A[:, :1], "more": [B, C[:, :2]]}
        history = model.fit(x, y, batch_size=2, epochs=2, verbose=0, validation_data=(x, y), validation_steps=2).history
        found.append([*history.values(), *model.get_weights()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
