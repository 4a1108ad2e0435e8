"""`ConvLSTM1D`, `ConvLSTM2D`, `ConvLSTM3D` against real Keras: numbers, gradients, states, configs and files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from tests.layers.rnn.checks import random
from torchkeras_compat import layers

SIZES = {1: (7,), 2: (7, 6), 3: (5, 6, 4)}
WINDOWS: dict[str, dict[str, Any]] = {
    "valid": {"kernel_size": 2},
    "same": {"kernel_size": 3, "padding": "same", "use_bias": False},
    "strides": {"kernel_size": 3, "padding": "same", "strides": 2, "recurrent_activation": "hard_sigmoid"},
    "dilation": {"kernel_size": 2, "dilation_rate": 2, "unit_forget_bias": False},
}
OUTPUTS: dict[str, dict[str, Any]] = {
    "last": {},
    "sequences": {"return_sequences": True, "return_state": True},
    "backwards": {"return_sequences": True, "go_backwards": True},
    "zeros": {"return_sequences": True, "zero_output_for_mask": True},
}
MASK = np.array([[1, 0, 1, 1], [0, 1, 1, 0]], bool)


def pair(keras: Any, rank: int, shape: tuple[int, ...], **arguments: Any) -> tuple[Any, Any]:
    """A real layer and ours with the same weights."""
    name = f"ConvLSTM{rank}D"
    real, ours = (getattr(space, name)(4, **arguments) for space in (keras.layers, layers))
    real.build(shape)
    ours.build(shape)
    ours.set_weights([0.4 * random(*v.shape) for v in real.weights])
    real.set_weights(ours.get_weights())
    return real, ours


def tensors(outputs: Any) -> list[torch.Tensor]:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("windows", WINDOWS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_outputs_states_and_gradients_are_those_of_keras(real_keras, rank, windows, data_format):
    shape = (2, 4, *SIZES[rank], 3) if data_format == "channels_last" else (2, 4, 3, *SIZES[rank])
    outputs = dict(zip(WINDOWS, OUTPUTS, strict=True))[windows]
    real, ours = pair(real_keras, rank, shape, data_format=data_format, **WINDOWS[windows], **OUTPUTS[outputs])
    start = [random(*state) for state in ours._state_shapes(shape)]
    x = torch.tensor(random(*shape))
    for mask, states in ((None, None), (MASK, None), (MASK, start)):
        inputs = [x.clone().requires_grad_() for _ in range(2)]
        wanted = tensors(real(inputs[0], mask=mask, initial_state=states))
        found = tensors(ours(inputs[1], mask=mask, initial_state=states))
        for w, f in zip(wanted, found, strict=True):
            torch.testing.assert_close(f, w, atol=3e-6, rtol=1e-5)
        sum((w**2).sum() for w in wanted).backward()
        sum((f**2).sum() for f in found).backward()
        torch.testing.assert_close(inputs[1].grad, inputs[0].grad, atol=3e-5, rtol=1e-4)
    for w, f in zip(real.weights, ours.weights, strict=True):
        torch.testing.assert_close(f.value.grad, w.value.grad, atol=3e-4, rtol=1e-4)
    assert ours.compute_output_shape(shape) == real.compute_output_shape(shape)


def test_configs_and_paths_are_those_of_keras(real_keras):
    arguments = {"dropout": 0.1, "recurrent_dropout": 0.2, "seed": 3, "activity_regularizer": "l2", "stateful": True}
    real, ours = pair(real_keras, 2, (2, 3, 5, 6, 1), kernel_size=(2, 3), strides=(1, 2), name="lstm", **arguments)
    config = ours.get_config()
    assert list(config) == list(real.get_config())
    again = real_keras.layers.ConvLSTM2D.from_config(config)
    assert again.get_config() == real.get_config()
    assert layers.ConvLSTM2D.from_config(real.get_config()).get_config() == config
    assert [v.path for v in ours.weights[:3]] == [v.path for v in real.weights[:3]]
    assert [v.name for v in ours.variables] == [v.name for v in real.variables]


def test_each_gate_has_dropout_masks_of_its_own(real_keras):
    shape = (2, 4, 5, 6, 3)
    real, ours = pair(real_keras, 2, shape, kernel_size=2, dropout=0.5, recurrent_dropout=0.25, seed=1)
    x = torch.tensor(random(2, 5, 6, 3))
    states = [torch.tensor(random(2, 4, 5, 4)) for _ in range(2)]
    found = ours.cell(x, states, training=True)[1]
    drawn = ours.cell._dropout_mask, ours.cell._recurrent_dropout_mask
    assert [len(masks) for masks in drawn] == [4, 4] and not torch.equal(drawn[0][0], drawn[0][1])
    real.cell._dropout_mask, real.cell._recurrent_dropout_mask = drawn
    for w, f in zip(real.cell(x, states, training=True)[1], found, strict=True):
        torch.testing.assert_close(f, w, atol=3e-6, rtol=1e-5)
    wanted = ours.cell.get_initial_state(2)
    sequences = torch.tensor(random(*shape))
    torch.manual_seed(0)
    outputs = ours(sequences, training=True)
    assert not torch.allclose(outputs, ours(sequences, training=True)) and "_dropout_mask" in vars(ours.cell)
    # The masks stay for all steps: a sequence of one step drawn with them is the first step.
    ours.cell._dropout_mask, ours.cell._recurrent_dropout_mask = drawn
    stepped, _ = ours.cell.run(sequences, None, None, True, True, True, True)
    for t in range(4):
        _, wanted = ours.cell(sequences[:, t], wanted, training=True)
        torch.testing.assert_close(stepped[:, t], wanted[0], atol=3e-6, rtol=1e-5)


def test_a_seed_draws_the_masks(real_keras):
    x = random(2, 3, 5, 5, 1)
    first, second = (layers.ConvLSTM2D(2, 2, dropout=0.5, recurrent_dropout=0.5, seed=7) for _ in range(2))
    first.build(x.shape)
    second.build(x.shape)
    second.set_weights([w for w in first.get_weights() if w.ndim != 1 or w.size != 2] + first.get_weights()[3:])
    assert torch.equal(first(x, training=True), second(x, training=True))
    assert not torch.equal(first(x), first(x, training=True))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_a_stateful_layer_goes_on(real_keras, data_format):
    shape = (2, 4, 5, 6, 3) if data_format == "channels_last" else (2, 4, 3, 5, 6)
    real, ours = pair(real_keras, 2, shape, kernel_size=2, stateful=True, data_format=data_format)
    x = torch.tensor(random(*shape))
    for _ in range(2):
        torch.testing.assert_close(ours(x), real(x), atol=3e-6, rtol=1e-5)
    assert [tuple(s.shape) for s in ours.states] == [tuple(s.shape) for s in real.states]
    assert [v.name for v in ours.variables] == ["kernel", "recurrent_kernel", "bias"]
    ours.reset_state()
    real.reset_state()
    torch.testing.assert_close(ours(x), real(x), atol=3e-6, rtol=1e-5)


def test_stateful_needs_all_sizes():
    with pytest.raises(ValueError, match=r"\(2, None, 5, None, 1\)"):
        layers.ConvLSTM2D(2, 2, stateful=True).build((2, None, 5, None, 1))
    with pytest.raises(ValueError, match="batch size must be static"):
        layers.ConvLSTM2D(2, 2, stateful=True).build((None, None, 5, 5, 1))


def test_unknown_sizes_come_with_the_data(real_keras):
    inputs = layers.Input((None, None, None, 1))
    model = torchkeras_compat.Model(inputs, layers.ConvLSTM2D(2, 2, return_sequences=True)(inputs))
    assert model.output_shape == (None, None, None, None, 2)
    assert model(torch.zeros(2, 3, 5, 6, 1)).shape == (2, 3, 4, 5, 2)
    assert model(torch.zeros(2, 2, 7, 4, 1)).shape == (2, 2, 6, 3, 2)
    with pytest.raises(ValueError, match="does not know the sizes"):
        model.layers[1].get_initial_state(2)


def test_initial_states_are_zeros_of_the_states_shape():
    layer = layers.ConvLSTM2D(2, 2)
    layer.build((None, 3, 5, 6, 1))
    states = layer.get_initial_state(3)
    assert [tuple(s.shape) for s in states] == [(3, 4, 5, 2)] * 2 and not any(s.any() for s in states)


def test_files_go_both_ways(real_keras, tmp_path):
    shape = (3, 6, 5, 2)
    models = []
    for space in (real_keras, torchkeras_compat):
        inputs = space.Input(shape)
        x = space.layers.ConvLSTM2D(3, 2, return_sequences=True, dropout=0.1, seed=1)(inputs)
        x = space.layers.Bidirectional(space.layers.ConvLSTM2D(2, 2, padding="same"))(x)
        models.append(space.Model(inputs, x))
    real, ours = models
    x = random(2, *shape)
    ours.save(tmp_path / "ours.keras")
    real.save(tmp_path / "real.keras")
    theirs = real_keras.saving.load_model(tmp_path / "ours.keras")
    loaded = torchkeras_compat.saving.load_model(tmp_path / "real.keras")
    np.testing.assert_allclose(theirs.predict(x, verbose=0), ours.predict(x, verbose=0), atol=2e-6)
    np.testing.assert_allclose(loaded.predict(x, verbose=0), real.predict(x, verbose=0), atol=2e-6)
    assert ours.output_shape == real.output_shape


@pytest.mark.parametrize("dtype", ["float64", "mixed_bfloat16"])
def test_other_dtypes(dtype):
    layer = layers.ConvLSTM1D(2, 2, dtype=dtype, return_state=True)
    outputs = layer(torch.zeros(2, 3, 5, 1))
    assert [o.dtype for o in outputs] == [torch.float64 if dtype == "float64" else torch.bfloat16] * 3


def test_it_learns_which_pixel_moves():
    torchkeras_compat.utils.set_random_seed(0)
    x = np.zeros((32, 3, 5, 5, 1), "float32")
    steps = np.arange(32) % 2
    for i, step in enumerate(steps):
        for t in range(3):
            x[i, t, 2, 1 + t * step, 0] = 1
    model = torchkeras_compat.Sequential(
        [layers.Input((3, 5, 5, 1)), layers.ConvLSTM2D(4, 3, padding="same"), layers.Flatten(), layers.Dense(1)]
    )
    model.compile(torchkeras_compat.optimizers.Adam(0.02), "mse")
    losses = model.fit(x, steps, epochs=30, batch_size=32, verbose=0).history["loss"]
    assert losses[-1] < 0.05 * losses[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"filters": 0}, "filters=0"),
        ({"filters": 2.0}, "filters=2.0"),
        ({"kernel_size": (2, 3, 4)}, "must be a tuple of 2 integers"),
        ({"kernel_size": 0}, "kernel_size=0"),
        ({"padding": "causal"}, "Received: causal"),
        ({"strides": 2, "dilation_rate": 2}, r"strides=\(2, 2\) and dilation_rate=\(2, 2\)"),
        ({"data_format": "nhwc"}, "nhwc"),
        ({"implementation": 1}, "implementation"),
    ],
)
def test_bad_arguments_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        layers.ConvLSTM2D(**{"filters": 2, "kernel_size": 2, **arguments})


def test_inputs_that_do_not_fit_are_refused():
    layer = layers.ConvLSTM2D(2, 3)
    with pytest.raises(ValueError, match=r"expected ndim=5, found ndim=4"):
        layer(torch.zeros(2, 5, 5, 1))
    with pytest.raises(ValueError, match="would be zero or negative"):
        layer(torch.zeros(2, 3, 2, 5, 1))
    with pytest.raises(ValueError, match="channel dimension"):
        layers.ConvLSTM2D(2, 3).build((2, 3, 5, 5, None))
    layer.build((None, None, 5, 5, 1))
    with pytest.raises(ValueError, match="initial_state"):
        layer(torch.zeros(2, 3, 5, 5, 1), initial_state=[torch.zeros(2, 3, 3, 4)] * 2)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_other_channels_are_refused(data_format: str) -> None:
    layer = layers.ConvLSTM1D(2, 3, padding="same", data_format=data_format)
    axis = 3 if data_format == "channels_last" else 2
    shape = [2, 3, 8, 8]
    shape[axis] = 5
    assert layer(np.zeros(shape, "float32")).shape[0] == 2
    shape[axis] = 4
    with pytest.raises(ValueError, match=r"to have value 5, but received input with shape \(2, 3"):
        layer(np.zeros(shape, "float32"))
