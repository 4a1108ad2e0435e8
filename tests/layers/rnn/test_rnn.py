"""`RNN` with cells of its own and of the user, stacks of cells, states that are kept."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

from tests.layers.rnn.checks import SHAPE, leaves, random, with_same_weights
from torchkeras_compat import Sequential, layers, ops
from torchkeras_compat.layers.layer.call_state import STATE

MASK = np.array([[1, 0, 1, 0, 0, 1], [0, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0]], bool)


def user_cell(space: Any, numbers: Any) -> Any:
    """A cell with two states whose output is neither, as a user of `space` (real Keras, or this package) writes it."""

    class Cell(space.Layer):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.state_size = [units, 1]
            self.output_size = 2 * units

        def build(self, input_shape: Any) -> None:
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

        def call(self, inputs: Any, states: Any) -> Any:
            h, count = states
            h = numbers.tanh(numbers.matmul(inputs, self.kernel) + h * count)
            return numbers.concatenate([h, -h], axis=-1), [h, count + 1]

    return Cell


@pytest.mark.parametrize("mask", [None, MASK])
@pytest.mark.parametrize("kind", ["user", "stack", "stack_of_users", "lstm_cell", "gru_cell"])
def test_cells_are_run_as_keras_runs_them(real_keras: Any, kind: str, mask: Any) -> None:
    def cell(space: Any, numbers: Any) -> Any:
        own = user_cell(space, numbers)
        return {
            "user": lambda: own(3),
            "stack": lambda: [space.LSTMCell(3), space.GRUCell(4, reset_after=False), space.SimpleRNNCell(2)],
            "stack_of_users": lambda: [own(3), space.LSTMCell(2)],
            "lstm_cell": lambda: space.LSTMCell(3),
            "gru_cell": lambda: space.GRUCell(3),
        }[kind]()

    for arguments in (
        {},
        {"return_sequences": True, "return_state": True},
        {"return_sequences": True, "zero_output_for_mask": True, "go_backwards": True},
    ):
        real = real_keras.layers.RNN(cell(real_keras.layers, real_keras.ops), name="layer", **arguments)
        ours = layers.RNN(cell(layers, ops), name="layer", **arguments)
        with_same_weights(real, ours)
        assert [v.path.split("/")[-1] for v in ours.weights] == [v.path.split("/")[-1] for v in real.weights]
        x = random(*SHAPE)
        for e, f in zip(leaves(real(x, mask=mask)), leaves(ours(x, mask=mask)), strict=True):
            torch.testing.assert_close(f, e, atol=2e-6, rtol=1e-5)
        assert ours.compute_output_shape(SHAPE) == real.compute_output_shape(SHAPE)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_a_stateful_layer_goes_on_where_it_was(real_keras: Any, name: str) -> None:
    real, ours = getattr(real_keras.layers, name)(4, stateful=True), getattr(layers, name)(4, stateful=True)
    with_same_weights(real, ours)
    x = random(*SHAPE)
    for mask in (None, MASK, None):
        found = ours(x, mask=mask)
        torch.testing.assert_close(found, real(x, mask=mask), atol=2e-6, rtol=1e-5)
        found.sum().backward()
    for a, b in zip(real.states, ours.states, strict=True):
        torch.testing.assert_close(b.value, a.value, atol=2e-6, rtol=1e-5)
        assert b.path == a.path.replace(real.name, ours.name)
    assert len(ours.weights) == 3
    assert not any("state" in key for key in ours.state_dict())
    with pytest.raises(ValueError, match="Received batch size: 1"):
        ours(x[:1])
    ours.reset_state()
    assert not any(s.value.any() for s in ours.states)


def test_a_model_resets_the_states_of_its_layers() -> None:
    model = Sequential([layers.Input(batch_shape=SHAPE), layers.LSTM(4, stateful=True)])
    x = torch.randn(*SHAPE)
    first = model(x)
    assert not torch.equal(model(x), first)
    model.reset_states()
    assert torch.equal(model(x), first)


def test_a_stateful_layer_must_know_the_batch_size() -> None:
    with pytest.raises(ValueError, match=r"dynamic batch size: sequence.shape=\(None, 6, 5\)"):
        layers.LSTM(4, stateful=True)(layers.Input((6, 5)))


def test_symbolic_sequences_of_unknown_length() -> None:
    x = layers.Input((None, 5))
    outputs, h, c = layers.LSTM(4, return_sequences=True, return_state=True)(x)
    assert (outputs.shape, h.shape, c.shape) == ((None, None, 4), (None, 4), (None, 4))
    assert layers.GRU(3)(outputs, initial_state=layers.GRU(3)(x)).shape == (None, 3)
    outputs, (h, c), g = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_state=True)(x)
    assert (outputs.shape, h.shape, c.shape, g.shape) == ((None, 2), (None, 3), (None, 3), (None, 2))


def test_the_mask_of_an_embedding_reaches_the_layer_and_goes_on() -> None:
    tokens = torch.tensor([[1, 2, 0, 0], [3, 0, 4, 0]])
    embedding, layer = layers.Embedding(5, 3, mask_zero=True), layers.LSTM(4, return_sequences=True)
    outputs = layer(embedding(tokens))
    assert outputs._keras_mask.tolist() == (tokens != 0).tolist()
    assert torch.equal(outputs[0, 3], outputs[0, 1])
    assert not hasattr(layers.LSTM(4)(embedding(tokens)), "_keras_mask")
    model = Sequential([layers.Input((None,)), embedding, layer])
    assert torch.equal(model(tokens), outputs)


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.LSTM(4, stateful=True),
        lambda: layers.GRU(4, seed=1, dropout=0.5),
        lambda: layers.Bidirectional(layers.SimpleRNN(4)),
        lambda: layers.RNN([layers.LSTMCell(3), layers.GRUCell(4)]),
    ],
)
def test_copies_compute_the_same_with_weights_of_their_own(make: Any) -> None:
    layer, x = make(), torch.randn(*SHAPE)
    layer(x)
    if getattr(layer, "stateful", False):
        layer.reset_states()
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(other(x), copy.deepcopy(layer)(x))
        other.set_weights([0 * w for w in other.get_weights()])
        assert all(w.value.any() or "bias" in w.path for w in layer.weights)
    state = {k: v.clone() for k, v in layer.state_dict().items()}
    layer.load_state_dict(state)


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_frozen_weights_get_no_gradient(name: str) -> None:
    layer = getattr(layers, name)(4, trainable=False)
    layer(torch.randn(*SHAPE))
    assert not layer.trainable_weights
    assert not any(p.requires_grad for p in layer.parameters())
    layer.trainable = True
    layer(torch.randn(*SHAPE)).sum().backward()
    assert all(p.grad is not None for p in layer.parameters())


def test_losses_of_the_weights() -> None:
    layer = layers.GRU(4, kernel_regularizer="l2", recurrent_regularizer="l1", bias_regularizer="l2")
    layer(torch.randn(*SHAPE))
    assert len(layer.losses) == 3
    torch.testing.assert_close(layer.losses[1], 0.01 * layer.module.weight_hh_l0.abs().sum())


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "bfloat16", "float64"])
@pytest.mark.parametrize("mask", [None, MASK])
def test_other_precisions(policy: str, mask: Any) -> None:
    wanted = torch.float64 if policy == "float64" else torch.bfloat16
    for name, arguments in (("LSTM", {}), ("GRU", {}), ("GRU", {"reset_after": False}), ("SimpleRNN", {})):
        layer = getattr(layers, name)(4, dtype=policy, return_state=True, **arguments)
        plain = getattr(layers, name)(4, **arguments)
        x = torch.randn(*SHAPE)
        outputs = layer(x, mask=mask)
        plain.build(SHAPE)
        plain.set_weights(layer.get_weights())
        assert {o.dtype for o in outputs} == {wanted}
        torch.testing.assert_close(outputs[0].float(), plain(x, mask=mask), atol=2e-2, rtol=2e-2)
        outputs[0].sum().backward()


def test_compiled_models_compute_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.compiler.reset()  # what other tests compiled counts towards the limit of a function
    monkeypatch.setattr(STATE, "with_losses", [])  # what other tests left makes a call look through its modules
    x = torch.randint(0, 5, (3, 6))
    model = Sequential([layers.Input((6,)), layers.Embedding(5, 4, mask_zero=True), layers.LSTM(4)])
    expected = model(x)
    with torch.no_grad():  # torch.compile steps out of the graph at an nn.LSTM, and warns if gradients go through there
        torch.testing.assert_close(torch.compile(model, backend="eager")(x), expected)
    loop = Sequential([layers.Input((6, 4)), layers.GRU(4, reset_after=False)])
    floats = torch.randn(3, 6, 4)
    torch.testing.assert_close(torch.compile(loop, backend="eager", fullgraph=True)(floats), loop(floats))


@pytest.mark.filterwarnings("ignore:The tensor attributes .*_flat_weights:UserWarning")  # torch's own, of any nn.LSTM
def test_exported_models_compute_the_same() -> None:
    x = torch.randint(0, 5, (3, 6))
    model = Sequential(
        [
            layers.Input((6,)),
            layers.Embedding(5, 4, mask_zero=True),
            layers.LSTM(4, return_sequences=True),
            layers.Bidirectional(layers.GRU(3)),
        ]
    )
    expected = model(x)
    torch.testing.assert_close(torch.export.export(model, (x,)).module()(x), expected)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.LSTM(0), "positive integer, got 0"),
        (lambda: layers.GRUCell(2.5), "positive integer, got 2.5"),
        (lambda: layers.LSTM(2, implementation=7), "implementation=7"),
        (lambda: layers.LSTM(2, use_cudnn="yes"), "use_cudnn=yes"),
        (lambda: layers.LSTM(2, use_cudnn=True, activation="relu"), "needs activation='tanh'"),
        (lambda: layers.GRU(2, use_cudnn=True, reset_after=False), "reset_after=True"),
        (lambda: layers.RNN(3), "Received: cell=3"),
        (lambda: layers.RNN(layers.Dense(3)), "should have a `state_size`"),
        (lambda: layers.LSTM(2)(torch.zeros(3, 4)), "expected ndim=3, found ndim=2"),
        (lambda: layers.LSTM(2)(layers.Input((4, None))), "size of the last axis"),
    ],
)
def test_what_does_not_fit_is_refused(make: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_a_mask_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3, 2\)"):
        layers.LSTM(2)(torch.zeros(3, 4, 5), mask=torch.ones(3, 2, dtype=torch.bool))


@pytest.mark.parametrize("mask", [None, [[1, 1, 0], [0, 1, 1]]])
def test_the_inner_loop_is_that_of_keras(real_keras, mask):
    made = []
    x = torch.randn(2, 3, 4)
    values = None
    for space in (real_keras.layers, layers):
        layer = space.RNN(space.LSTMCell(3), return_sequences=True)
        layer.build(x.shape)
        values = values or [w * 1 for w in layer.get_weights()]
        layer.set_weights(values)
        given = None if mask is None else torch.tensor(mask, dtype=torch.bool)
        made.append(layer.inner_loop(x, layer.get_initial_state(2), given))
    for wanted, found in zip(made[0][:2], made[1][:2], strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-5)
    for wanted, found in zip(made[0][2], made[1][2], strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-5)
