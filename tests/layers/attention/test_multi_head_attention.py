"""`MultiHeadAttention` against real Keras and against torch's scaled dot product attention."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from torchkeras_compat import config, layers

Q, V, K = (2, 5, 8), (2, 6, 7), (2, 6, 9)


def twins(real_keras, shapes, seed=0, **kwargs):
    """Our layer and the real one with the same random weights."""
    kwargs = {"num_heads": 2, "key_dim": 3, **kwargs}
    ours, real = layers.MultiHeadAttention(**kwargs), real_keras.layers.MultiHeadAttention(**kwargs)
    ours.build(*shapes)
    real.build(*shapes)
    rng = np.random.default_rng(seed)
    values = [rng.normal(scale=0.5, size=v.shape).astype("float32") for v in ours.weights]
    ours.set_weights(values)
    real.set_weights(values)
    return ours, real


def numbers(tensor):
    return tensor.detach().float().cpu().numpy()


def inputs(*shapes):
    rng = np.random.default_rng(1)
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


def compare(ours, real, arrays, atol=1e-5, rows=None, **kwargs):
    """Outputs, and the gradients, those of ``rows`` of the output only, of inputs and weights."""
    mine = [torch.tensor(x, requires_grad=True) for x in arrays]
    theirs = [torch.tensor(x, requires_grad=True) for x in arrays]
    y = ours(*mine, **kwargs)
    if "query_mask" in kwargs:  # Keras 3.15 takes it only as the tensor carries it
        theirs[0]._keras_mask = torch.tensor(kwargs.pop("query_mask"))
    z = real(*theirs, **kwargs)
    if kwargs.get("return_attention_scores"):
        np.testing.assert_allclose(numbers(y[1]), numbers(z[1]), atol=atol)
        assert y[1].shape == z[1].shape
        y, z = y[0], z[0]
    assert y.shape == z.shape
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=atol)
    weight = torch.tensor(np.random.default_rng(2).normal(size=tuple(y.shape)), dtype=torch.float32)
    if rows is not None:
        weight = weight * rows.unsqueeze(-1)
    (y * weight).sum().backward()
    (z * weight).sum().backward()
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-3, atol=1e-3)
    for a, b in zip(ours.trainable_variables, real.trainable_variables, strict=True):
        np.testing.assert_allclose(a.value.grad, b.value.grad, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"use_bias": False},
        {"value_dim": 4},
        {"use_gate": True, "value_dim": 4},
        {"output_shape": 6},
        {"output_shape": (3, 2)},
        {"sliding_window": 2},
        {"flash_attention": False},
    ],
)
def test_outputs_and_gradients_are_those_of_keras(real_keras, kwargs, scores):
    ours, real = twins(real_keras, (Q, V, K), **kwargs)
    assert [(v.path.split("/", 1)[1], v.shape) for v in ours.weights] == [
        (v.path.split("/", 1)[1], v.shape) for v in real.weights
    ]
    compare(ours, real, inputs(Q, V, K), return_attention_scores=scores)


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize(
    "masks",
    [
        ("query_mask",),
        ("value_mask",),
        ("key_mask", "use_causal_mask"),
        ("use_causal_mask",),
        ("attention_mask",),
        ("head_mask",),
        ("shared_mask", "value_mask"),
        ("query_mask", "value_mask", "key_mask", "attention_mask", "use_causal_mask"),
    ],
)
def test_masks(real_keras, masks, dropout, scores):
    # With dropout Keras gives zeros, and without the average, where a step attends to nothing.
    ours, real = twins(real_keras, (Q, V, K), dropout=dropout)
    rng = np.random.default_rng(3)
    given = {
        "query_mask": np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]], bool),
        "value_mask": np.array([[1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]], bool),
        "key_mask": np.array([[1, 0, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1]], bool),
        "attention_mask": rng.random((2, 5, 6)) < 0.5,
        "head_mask": rng.random((2, 2, 5, 6)) < 0.5,
        "shared_mask": rng.random((5, 6)) < 0.5,
        "use_causal_mask": True,
    }
    kwargs = {("attention_mask" if m in ("head_mask", "shared_mask") else m): given[m] for m in masks}
    arrays = inputs(Q, V, K)
    weights = ours(*arrays, **kwargs, return_attention_scores=True)[1]
    # Where nothing is left to attend to, Keras's gradients are rounding errors.
    rows = (weights.sum(dim=-1) > 0).all(dim=1)
    compare(ours, real, arrays, rows=rows, return_attention_scores=scores, **kwargs)


def test_masks_that_the_inputs_carry(real_keras):
    ours, real = twins(real_keras, (Q, (2, 6, 8)))
    query, value = inputs(Q, (2, 6, 8))
    query_mask = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]], bool)
    value_mask = np.array([[1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]], bool)
    a, b = torch.tensor(query), torch.tensor(value)
    a._keras_mask, b._keras_mask = torch.tensor(query_mask), torch.tensor(value_mask)
    y, scores = ours(a, b, return_attention_scores=True)
    assert torch.equal(y._keras_mask, a._keras_mask)
    assert not hasattr(scores, "_keras_mask")
    y = ours(a, b)
    assert torch.equal(y._keras_mask, a._keras_mask)
    a, b = torch.tensor(query), torch.tensor(value)
    a._keras_mask, b._keras_mask = torch.tensor(query_mask), torch.tensor(value_mask)
    z = real(a, b)
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("axes", "query", "value"),
    [
        (None, (2, 3, 4, 8), (2, 2, 5, 8)),
        (1, (2, 3, 4, 8), (2, 5, 4, 8)),
        ((2,), (2, 3, 4, 8), (2, 3, 5, 8)),
        ((-2,), (2, 3, 4, 8), (2, 3, 5, 8)),
        ((1, 3), (2, 3, 4, 5, 8), (2, 2, 4, 6, 8)),
    ],
)
def test_other_axes(real_keras, axes, query, value):
    ours, real = twins(real_keras, (query, value), attention_axes=axes)
    compare(ours, real, inputs(query, value))
    compare(ours, real, inputs(query, value), return_attention_scores=True)
    symbolic = ours(
        layers.Input(query[1:], batch_size=query[0]),
        layers.Input(value[1:], batch_size=value[0]),
        return_attention_scores=True,
    )
    eager = ours(*inputs(query, value), return_attention_scores=True)
    assert [tuple(s.shape) for s in symbolic] == [tuple(e.shape) for e in eager]


def test_the_batch_axis_may_be_attended_over():
    layer, plain = layers.MultiHeadAttention(2, 3, attention_axes=0), layers.MultiHeadAttention(2, 3)
    x, y = torch.randn(3, 4, 8), torch.randn(2, 4, 8)
    out = layer(x, y)
    plain.build((4, 3, 8), (4, 2, 8))
    plain.set_weights(layer.get_weights())
    assert torch.allclose(out, plain(x.transpose(0, 1), y.transpose(0, 1)).transpose(0, 1), atol=1e-6)


def test_masks_over_other_axes(real_keras):
    ours, real = twins(real_keras, ((2, 3, 4, 8), (2, 3, 5, 8)), attention_axes=2)
    arrays = inputs((2, 3, 4, 8), (2, 3, 5, 8))
    rng = np.random.default_rng(3)
    for shape in ((2, 3, 4, 5), (2, 4, 5), (4, 5), (2, 3, 2, 4, 5)):
        compare(ours, real, arrays, attention_mask=rng.random(shape) < 0.6, return_attention_scores=True)
        compare(ours, real, arrays, attention_mask=rng.random(shape) < 0.6)
    # Keras takes no mask of steps here; ours is the attention mask that says the same.
    query_mask, value_mask = rng.random((2, 3, 4)) < 0.6, rng.random((2, 3, 5)) < 0.6
    mask = query_mask[..., None] & value_mask[..., None, :] & np.tril(np.ones((4, 5), bool))
    y = ours(*arrays, query_mask=query_mask, value_mask=value_mask, use_causal_mask=True)
    np.testing.assert_allclose(numbers(y), numbers(ours(*arrays, attention_mask=mask)), atol=1e-6)


def test_equals_torch_written_by_hand():
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=4)
    x = torch.randn(3, 5, 8)
    y = layer(x, x, use_causal_mask=True)

    def project(dense):
        assert type(dense.linear) is nn.Linear
        return dense.linear(x).view(3, 5, 2, 4).transpose(1, 2)

    attended = F.scaled_dot_product_attention(
        project(layer.query_dense), project(layer.key_dense), project(layer.value_dense), is_causal=True
    )
    z = layer.output_dense.linear(attended.transpose(1, 2).reshape(3, 5, 8))
    assert torch.equal(y, z)


def test_a_lone_causal_mask_makes_no_tensor(monkeypatch):
    seen = {}
    kernel = F.scaled_dot_product_attention

    def spy(q, k, v, mask=None, dropout=0.0, is_causal=False, **kwargs):
        seen.update(mask=mask, dropout=dropout, is_causal=is_causal)
        return kernel(q, k, v, mask, dropout, is_causal, **kwargs)

    monkeypatch.setattr(F, "scaled_dot_product_attention", spy)
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=4, dropout=0.25)
    x = torch.randn(3, 5, 8)
    layer(x, x, use_causal_mask=True, training=True)
    assert seen == {"mask": None, "dropout": 0.25, "is_causal": True}
    layer(x, x)
    assert seen == {"mask": None, "dropout": 0.0, "is_causal": False}


def test_dropout_of_a_seed_repeats_and_scales():
    x = torch.randn(2, 50, 8)
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=4, dropout=0.4, seed=3)
    twin = layers.MultiHeadAttention(num_heads=2, key_dim=4, dropout=0.4, seed=3)
    layer(x, x)
    twin(x, x)
    twin.set_weights(layer.get_weights())
    first = layer(x, x, training=True)
    assert torch.equal(first, twin(x, x, training=True))
    assert not torch.equal(first, layer(x, x, training=True))
    assert_unbiased(layer, x)
    unseeded = layers.MultiHeadAttention(num_heads=2, key_dim=4, dropout=0.4)
    unseeded(x, x)
    unseeded.set_weights(layer.get_weights())
    assert_unbiased(unseeded, x)


def assert_unbiased(layer, x):
    """The mean of 200 calls with dropout is within six standard errors of the call without, at every place."""
    calls = torch.stack([layer(x, x, training=True) for _ in range(200)]).detach()
    error = (calls.mean(dim=0) - layer(x, x).detach()).abs()
    assert (error < 6 * calls.std(dim=0) / 200**0.5).all()


def test_the_direct_call_follows_the_training_flag():
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=4, dropout=0.5)
    x = torch.randn(2, 5, 8)
    inference = layer(x, x)
    layer.train()
    assert not torch.allclose(layer(x, x), inference)
    layer.eval()
    assert torch.equal(layer(x, x), inference)
    assert torch.equal(layer(x, x, x), inference)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "float16", "float64"])
def test_precision(real_keras, dtype):
    ours, real = twins(real_keras, (Q, (2, 6, 8)), dtype=dtype)
    arrays = inputs(Q, (2, 6, 8))
    mask = np.array([[1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]], bool)
    for kwargs in ({}, {"value_mask": mask}, {"value_mask": mask, "return_attention_scores": True}):
        y, z = ours(*arrays, **kwargs), real(*arrays, **kwargs)
        if "return_attention_scores" in kwargs:
            y, z = y[0], z[0]
        assert y.dtype is z.dtype
        half = {torch.bfloat16: 0.15, torch.float16: 0.02, torch.float64: 1e-5}[y.dtype]
        np.testing.assert_allclose(numbers(y), numbers(z), rtol=half, atol=half)
    assert [v.dtype for v in ours.weights] == [v.dtype for v in real.weights]


@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"value_dim": 5, "dropout": 0.1, "output_shape": (3, 2), "attention_axes": [1], "seed": 4, "use_gate": True},
        {"kernel_regularizer": "l2", "bias_constraint": "non_neg", "activity_regularizer": "l1", "sliding_window": 3},
    ],
)
def test_config_round_trip(real_keras, kwargs):
    kwargs = {"num_heads": 2, "key_dim": 3, "name": "mha", **kwargs}
    ours, real = layers.MultiHeadAttention(**kwargs), real_keras.layers.MultiHeadAttention(**kwargs)

    def config_of(layer):
        # An initializer of Keras names two arguments more than ours takes; its regularizers hold float32 numbers.
        kept = ("kernel_initializer", "kernel_regularizer", "activity_regularizer")
        return {k: v["class_name"] if k in kept and v else v for k, v in layer.get_config().items()}

    assert config_of(ours) == config_of(real)
    ours.build(Q, Q)
    real.build(Q, Q)
    assert config_of(ours) == config_of(real)
    assert len(ours.losses) == len(real.losses)
    assert layers.MultiHeadAttention.from_config(ours.get_config()).get_config() == ours.get_config()


def test_penalties_reach_every_projection(real_keras):
    ours, real = twins(real_keras, (Q, Q), kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2")
    arrays = inputs(Q, Q)
    ours(*arrays)
    real(*arrays)
    assert len(ours.losses) == len(real.losses)
    assert sum(ours.losses).item() == pytest.approx(sum(real.losses).item(), rel=1e-4)


def test_a_seeded_initializer_starts_again_in_each_projection(real_keras):
    from torchkeras_compat import initializers

    layer = layers.MultiHeadAttention(2, 4, kernel_initializer=initializers.RandomNormal(seed=3))
    layer.build(Q, Q)
    np.testing.assert_array_equal(layer.query_dense.kernel.numpy(), layer.key_dense.kernel.numpy())
    layer = layers.MultiHeadAttention(2, 4)
    layer.build(Q, Q)
    assert not np.array_equal(layer.query_dense.kernel.numpy(), layer.key_dense.kernel.numpy())


def test_an_overridden_computation_gets_the_whole_mask():
    seen = []

    class Sub(layers.MultiHeadAttention):
        def _compute_attention(self, query, key, value, attention_mask=None, training=None, return_scores=False):
            seen.append(attention_mask)
            return super()._compute_attention(query, key, value, attention_mask, training, return_scores)

    x = torch.randn(1, 4, 8)
    layer = Sub(2, 4)
    y = layer(x, x, use_causal_mask=True)
    assert torch.equal(seen[0], torch.ones(4, 4, dtype=torch.bool).tril()[None])
    plain = layers.MultiHeadAttention(2, 4)
    plain.build(x.shape, x.shape)
    plain.set_weights(layer.get_weights())
    assert torch.allclose(plain(x, x, use_causal_mask=True), y, atol=1e-6)


def test_copies_and_compile():
    layer = layers.MultiHeadAttention(2, 4)
    x = torch.randn(2, 5, 8)
    y = layer(x, x, use_causal_mask=True)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(other(x, x, use_causal_mask=True), y)
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    assert torch.allclose(compiled(x, x, use_causal_mask=True), y, atol=1e-6)


def test_symbolic_shapes():
    query, value = layers.Input((None, 8)), layers.Input((6, 7))
    out, scores = layers.MultiHeadAttention(2, 4)(query, value, return_attention_scores=True)
    assert (out.shape, scores.shape) == ((None, None, 8), (None, 2, None, 6))
    layer = layers.MultiHeadAttention(2, 4, output_shape=(3, 2))
    assert layer.compute_output_shape((None, 5, 8), (None, 6, 7)) == (None, 5, 3, 2)
    assert layers.MultiHeadAttention(2, 4, dtype="mixed_bfloat16")(query, value).dtype == "bfloat16"


def test_flash_attention_is_asked_for_or_switched_off():
    assert layers.MultiHeadAttention(2, 4)._flash_attention is None
    assert layers.MultiHeadAttention(2, 4, flash_attention=True)._flash_attention is True
    config.disable_flash_attention()
    try:
        assert config.is_flash_attention_enabled() is False
        assert layers.MultiHeadAttention(2, 4)._flash_attention is False
    finally:
        config.enable_flash_attention()


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"num_heads": 0}, "argument `num_heads`.*num_heads=0"),
        ({"key_dim": 1.5}, "argument `key_dim`.*key_dim=1.5"),
        ({"value_dim": -1}, "argument `value_dim`.*value_dim=-1"),
        ({"sliding_window": 0}, "sliding_window=0"),
        ({"output_shape": 8.0}, "Invalid `output_shape`.*8.0"),
        ({"output_shape": (2, 0)}, "Invalid `output_shape`"),
        ({"attention_axes": "all"}, "attention_axes=all"),
        ({"dropout": 1.5}, "rate=1.5"),
        ({"flash_attention": True, "dropout": 0.1}, "Dropout is not supported when flash attention"),
        ({"attention_axes": 2}, "attention_axes=\\(2,\\)"),
        ({"attention_axes": (1, -2)}, "different axes"),
    ],
)
def test_bad_arguments(kwargs, words):
    with pytest.raises(ValueError, match=words):
        layers.MultiHeadAttention(**{"num_heads": 2, "key_dim": 3, **kwargs}).build(Q, Q)


def test_inputs_that_do_not_fit():
    layer = layers.MultiHeadAttention(2, 4)
    with pytest.raises(ValueError, match="must be equal"):
        layer(torch.zeros(Q), torch.zeros(V), torch.zeros(2, 5, 9))
    with pytest.raises(ValueError, match="2 axes"):
        layer(torch.zeros(2, 8), torch.zeros(2, 8))
    with pytest.raises(ValueError, match="size of the last axis"):
        layer.build((None, 5, None), (None, 5, 8))
    layer = layers.MultiHeadAttention(2, 4)
    layer(torch.zeros(Q), torch.zeros(V), torch.zeros(K))
    with pytest.raises(ValueError, match="built for inputs with 3 axes"):
        layer(torch.zeros(2, 3, 5, 8), torch.zeros(2, 3, 6, 7), torch.zeros(2, 3, 6, 9))
    with pytest.raises(ValueError, match="incompatible with the layer"):
        layer(torch.zeros(2, 5, 9), torch.zeros(V), torch.zeros(K))
    layer = layers.MultiHeadAttention(2, 4, flash_attention=True)
    with pytest.raises(ValueError, match="Returning attention scores is not supported"):
        layer(torch.zeros(Q), torch.zeros(Q), return_attention_scores=True)
