"""`GroupQueryAttention` against real Keras and against `MultiHeadAttention`."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers

Q, V, K = (2, 5, 8), (2, 6, 8), (2, 6, 3)


def numbers(tensor):
    return tensor.detach().float().cpu().numpy()


def twins(real_keras, shapes=(Q, V, K), **kwargs):
    """Our layer and the real one with the same random weights."""
    kwargs = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, **kwargs}
    ours, real = layers.GroupQueryAttention(**kwargs), real_keras.layers.GroupQueryAttention(**kwargs)
    ours.build(*shapes)
    real.build(*shapes)
    names = [[(v.path.split("/", 1)[1], v.shape) for v in layer.weights] for layer in (ours, real)]
    assert names[0] == names[1]
    rng = np.random.default_rng(0)
    values = [rng.normal(scale=0.5, size=v.shape).astype("float32") for v in ours.weights]
    ours.set_weights(values)
    real.set_weights(values)
    return ours, real


def inputs():
    rng = np.random.default_rng(1)
    return [torch.tensor(rng.normal(size=s), dtype=torch.float32, requires_grad=True) for s in (Q, V, K)]


VALUE_MASK = np.array([[1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]], bool)


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize(
    ("kwargs", "call"),
    [
        ({}, {}),
        ({"num_key_value_heads": 4}, {}),
        ({"num_key_value_heads": 1, "use_bias": False}, {"use_causal_mask": True}),
        ({"use_gate": True}, {"value_mask": VALUE_MASK}),
        ({"sliding_window": 2}, {}),
        ({"dropout": 0.5}, {"value_mask": VALUE_MASK, "use_causal_mask": True}),
        ({}, {"attention_mask": np.tril(np.ones((5, 6), bool), 2), "use_causal_mask": True}),
    ],
)
def test_outputs_and_gradients_are_those_of_keras(real_keras, kwargs, call, scores):
    ours, real = twins(real_keras, **kwargs)
    mine, theirs = inputs(), inputs()
    y = ours(*mine, return_attention_scores=scores, **call)
    z = real(*theirs, return_attention_scores=scores, **call)
    if scores:
        np.testing.assert_allclose(numbers(y[1]), numbers(z[1]), atol=1e-5)
        y, z = y[0], z[0]
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-5)
    y.square().sum().backward()
    z.square().sum().backward()
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-3, atol=1e-4)
    for a, b in zip(ours.trainable_variables, real.trainable_variables, strict=True):
        np.testing.assert_allclose(a.value.grad, b.value.grad, rtol=1e-3, atol=1e-3)


def test_equals_multi_head_attention_with_as_many_heads():
    grouped = layers.GroupQueryAttention(4, 2, 2, dropout=0.0)
    plain = layers.MultiHeadAttention(2, 4)
    x = torch.randn(2, 5, 8)
    y = grouped(x, x, use_causal_mask=True)
    plain.build(x.shape, x.shape)
    plain.set_weights(grouped.get_weights())
    assert torch.allclose(plain(x, x, use_causal_mask=True), y, atol=1e-6)


def test_an_overridden_computation_gets_as_many_heads_everywhere():
    seen = []

    class Sub(layers.GroupQueryAttention):
        def _compute_attention(self, query, key, value, attention_mask=None, training=None):
            seen.append((key.shape[2], value.shape[2], attention_mask is None))
            return super()._compute_attention(query, key, value, attention_mask, training)

    x = torch.randn(2, 5, 8)
    layer = Sub(4, 4, 2)
    y, scores = layer(x, x, use_causal_mask=True, return_attention_scores=True)
    assert seen == [(4, 4, False)]
    assert scores.shape == (2, 4, 5, 5)
    assert torch.allclose(layer(x, x, use_causal_mask=True), y, atol=1e-6)


def test_config_round_trip_and_names(real_keras):
    kwargs = {"num_query_heads": 4, "num_key_value_heads": 2, "dropout": 0.1, "seed": 3, "use_gate": True}
    ours = layers.GroupQueryAttention(3, **kwargs)
    assert ours.name == "grouped_query_attention"
    real = real_keras.layers.GroupQueryAttention(3, **kwargs, name=ours.name)
    kept = [{k: v for k, v in layer.get_config().items() if k != "kernel_initializer"} for layer in (ours, real)]
    assert kept[0] == kept[1]
    assert layers.GroupQueryAttention.from_config(ours.get_config()).get_config() == ours.get_config()


def test_symbolic_shapes_and_masks():
    query, value = layers.Input((None, 8)), layers.Input((6, 8))
    out, scores = layers.GroupQueryAttention(3, 4, 2)(query, value, return_attention_scores=True)
    assert (out.shape, scores.shape) == ((None, None, 8), (None, 4, None, 6))
    x = torch.randn(2, 5, 8)
    x._keras_mask = torch.ones(2, 5).bool()
    assert torch.equal(layers.GroupQueryAttention(3, 4, 2)(x, torch.randn(2, 6, 8))._keras_mask, x._keras_mask)


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"head_dim": 0}, "argument `head_dim`.*head_dim=0"),
        ({"num_query_heads": 1.5}, "num_query_heads=1.5"),
        ({"num_key_value_heads": 0}, "num_key_value_heads=0"),
        ({"num_key_value_heads": 3}, "divisible by `num_key_value_heads`"),
        ({"sliding_window": -1}, "sliding_window=-1"),
        ({"flash_attention": True, "dropout": 0.1}, "Dropout is not supported"),
    ],
)
def test_bad_arguments(kwargs, words):
    with pytest.raises(ValueError, match=words):
        layers.GroupQueryAttention(**{"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, **kwargs})


def test_inputs_that_do_not_fit():
    layer = layers.GroupQueryAttention(3, 4, 2)
    with pytest.raises(ValueError, match="must be equal"):
        layer(torch.zeros(2, 5, 8), torch.zeros(2, 6, 7))
    with pytest.raises(ValueError, match="must be equal"):
        layer(torch.zeros(2, 5, 8), torch.zeros(2, 6, 8), torch.zeros(2, 5, 8))
    with pytest.raises(ValueError, match="4 axes"):
        layer(torch.zeros(2, 3, 5, 8), torch.zeros(2, 3, 5, 8))


def test_attributes_are_those_of_keras(real_keras):
    made = []
    for space in (real_keras.layers, layers):
        layer = space.GroupQueryAttention(4, 6, 2, kernel_regularizer="l2", bias_constraint="max_norm")
        layer(torch.ones(2, 3, 8), torch.ones(2, 5, 8))
        names = (
            "kernel_initializer bias_initializer kernel_regularizer bias_regularizer kernel_constraint bias_constraint"
        )
        kinds = [type(getattr(layer, name)).__name__ for name in names.split()]
        made.append((kinds, layer.num_repeats, layer.feature_dim))
    assert made[0] == made[1]
