"""`Attention` and `AdditiveAttention` against real Keras and their formulas."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers

KINDS = {
    "dot": ("Attention", {}),
    "scaled_dot": ("Attention", {"use_scale": True}),
    "concat": ("Attention", {"score_mode": "concat"}),
    "scaled_concat": ("Attention", {"score_mode": "concat", "use_scale": True}),
    "additive": ("AdditiveAttention", {}),
    "additive_without_scale": ("AdditiveAttention", {"use_scale": False}),
}
SHAPES = ((2, 3, 4), (2, 5, 4), (2, 5, 4))


def numbers(tensor):
    return tensor.detach().float().cpu().numpy()


def twins(real_keras, kind, **more):
    """Our layer and the real one with the same random weights."""
    name, kwargs = KINDS[kind]
    ours, real = (getattr(space, name)(**kwargs, **more) for space in (layers, real_keras.layers))
    ours.build([*SHAPES])
    real.build([*SHAPES])
    assert [(v.name, v.shape) for v in ours.weights] == [(v.name, v.shape) for v in real.weights]
    rng = np.random.default_rng(0)
    values = [rng.uniform(0.5, 1.5, v.shape).astype("float32") for v in ours.weights]
    ours.set_weights(values)
    real.set_weights(values)
    return ours, real


def tensors(*shapes):
    rng = np.random.default_rng(1)
    return [torch.tensor(rng.normal(size=s), dtype=torch.float32, requires_grad=True) for s in shapes]


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("masks", ["none", "value", "query", "both", "causal", "causal_and_value", "nothing_left"])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_gradients_are_those_of_keras(real_keras, kind, masks, scores):
    ours, real = twins(real_keras, kind)
    query_mask = np.array([[1, 1, 0], [1, 0, 0]], bool)
    value_mask = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 0]], bool)
    mask = {
        "value": [None, value_mask],
        "query": [query_mask, None],
        "both": [query_mask, value_mask],
        "causal_and_value": [None, value_mask],
        "nothing_left": [None, np.zeros((2, 5), bool)],
    }.get(masks)
    kwargs = {"mask": mask, "use_causal_mask": masks.startswith("causal"), "return_attention_scores": scores}
    mine, theirs = tensors(*SHAPES), tensors(*SHAPES)
    y, z = ours(mine, **kwargs), real(theirs, **kwargs)
    if scores:
        np.testing.assert_allclose(numbers(y[1]), numbers(z[1]), atol=1e-5)
        y, z = y[0], z[0]
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-5)
    y.square().sum().backward()
    z.square().sum().backward()
    if masks == "nothing_left" and ours.score_mode == "dot" and not scores and kind != "additive":
        # Torch's kernel sees scores of which rounding has left nothing; only the values have a gradient.
        np.testing.assert_allclose(mine[1].grad, theirs[1].grad, rtol=1e-3, atol=1e-4)
        return
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-3, atol=1e-4)
    for a, b in zip(ours.trainable_variables, real.trainable_variables, strict=True):
        np.testing.assert_allclose(a.value.grad, b.value.grad, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_values_of_another_size_and_more_axes(real_keras, kind):
    ours, real = twins(real_keras, kind)
    for shapes in (((2, 3, 4), (2, 5, 6), (2, 5, 4)), ((2, 2, 3, 4), (2, 2, 5, 4))):
        if kind != "dot" and len(shapes[0]) == 4:
            continue
        x = tensors(*shapes)
        y = ours(x)
        np.testing.assert_allclose(numbers(y), numbers(real(x)), rtol=1e-4, atol=1e-5)
        assert ours.compute_output_shape(shapes) == tuple(y.shape)


def test_masks_that_the_inputs_carry():
    layer = layers.Attention()
    query, value, _ = (x.detach() for x in tensors(*SHAPES))
    explicit = layer([query, value], mask=[torch.ones(2, 3).bool(), torch.tensor([[True, True, False, False, False]])])
    query._keras_mask = torch.ones(2, 3).bool()
    value._keras_mask = torch.tensor([[True, True, False, False, False]])
    y = layer([query, value])
    assert torch.equal(y, explicit)
    assert torch.equal(y._keras_mask, query._keras_mask)


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("kind", ["dot", "concat", "additive"])
def test_dropout_scales_what_it_keeps(kind, seed):
    name, kwargs = KINDS[kind]
    layer = getattr(layers, name)(dropout=0.4, seed=seed, **kwargs)
    x = [t.detach() for t in tensors((2, 3, 4), (2, 50, 4))]
    inference = layer(x)
    assert not torch.allclose(layer(x, training=True), inference)
    mean = torch.stack([layer(x, training=True) for _ in range(300)]).mean(dim=0)
    assert torch.allclose(mean, inference, atol=0.15)
    if seed is not None:
        twins_of_one_seed = [getattr(layers, name)(dropout=0.4, seed=seed, **kwargs) for _ in range(2)]
        first, second = twins_of_one_seed
        first(x), second(x)
        second.set_weights(first.get_weights())
        assert torch.equal(first(x, training=True), second(x, training=True))


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "float16", "float64"])
@pytest.mark.parametrize("kind", ["scaled_dot", "scaled_concat", "additive"])
def test_precision(real_keras, kind, dtype):
    ours, real = twins(real_keras, kind, dtype=dtype)
    x = [numbers(t) for t in tensors(*SHAPES)]
    mask = [None, np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 0]], bool)]
    y, z = ours(x, mask=mask), real(x, mask=mask)
    assert y.dtype is (torch.float64 if dtype == "float64" else z.dtype)  # Keras's masks are float32
    half = {torch.bfloat16: 0.03, torch.float16: 0.005, torch.float64: 1e-5}[y.dtype]
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=half, atol=half)


@pytest.mark.parametrize("kind", KINDS)
def test_config_round_trip(real_keras, kind):
    name, kwargs = KINDS[kind]
    ours, real = (getattr(s, name)(name="a", dropout=0.2, seed=5, **kwargs) for s in (layers, real_keras.layers))
    assert ours.get_config() == real.get_config()
    assert getattr(layers, name).from_config(ours.get_config()).get_config() == ours.get_config()


def test_symbolic_shapes_and_compile():
    torch.compiler.reset()  # what other tests compiled counts against the limit of one function
    query, value = layers.Input((None, 4)), layers.Input((5, 6))
    key = layers.Input((5, 4))
    out, scores = layers.Attention()([query, value, key], return_attention_scores=True)
    assert (out.shape, scores.shape) == ((None, None, 6), (None, None, 5))
    layer = layers.Attention(use_scale=True)
    x = [t.detach() for t in tensors((2, 3, 4), (2, 5, 4))]
    y = layer(x)
    assert torch.allclose(torch.compile(layer, fullgraph=True, backend="aot_eager")(x), y, atol=1e-6)


@pytest.mark.parametrize("kind", [layers.Attention, layers.AdditiveAttention])
def test_bad_inputs(kind):
    x = torch.zeros(1, 2, 3)
    for call, words in (
        (lambda: kind()(x), r"must be called on a list.*shape \(1, 2, 3\)"),
        (lambda: kind()([x]), "list of length 2 or 3.*length: 1"),
        (lambda: kind()([x] * 4), "list of length 2 or 3.*length: 4"),
        (lambda: kind()([x, x], mask=x), "layer mask must be a list"),
        (lambda: kind()([x, x], mask=[x]), "mask list of length 2 or 3.*length: 1"),
        (lambda: kind(dropout=1.5), "dropout=1.5"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"Expected one of \{'dot', 'concat'\}.*score_mode=cosine"):
        layers.Attention(score_mode="cosine")
