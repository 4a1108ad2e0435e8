"""`BatchNormalization` against real Keras and against torch's own batch norm."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import layers

SHAPES = {
    "2d": ((6, 5), -1),
    "2d_batch_axis": ((3, 4), 0),
    "3d": ((4, 7, 5), -1),
    "3d_first": ((4, 5, 7), 1),
    "4d": ((3, 5, 4, 2), -1),
    "4d_first": ((3, 2, 5, 4), 1),
    "4d_middle": ((3, 2, 5, 4), 2),
    "5d": ((2, 3, 4, 3, 2), -1),
    "6d": ((2, 2, 3, 2, 3, 2), -1),
    "6d_first": ((2, 2, 3, 2, 3, 2), 1),
}


def twins(real_keras, shape, seed=0, **kwargs):
    """Our layer and the real one with the same random weights."""
    ours, real = layers.BatchNormalization(**kwargs), real_keras.layers.BatchNormalization(**kwargs)
    ours.build(shape)
    real.build(shape)
    rng = np.random.default_rng(seed)
    values = [rng.uniform(0.5, 1.5, v.shape).astype("float32") for v in ours.weights]
    ours.set_weights(values)
    real.set_weights(values)
    return ours, real


def numbers(tensor):
    return tensor.detach().float().cpu().numpy()


@pytest.mark.parametrize("case", SHAPES)
def test_outputs_gradients_and_averages_are_those_of_keras(real_keras, case):
    shape, axis = SHAPES[case]
    ours, real = twins(real_keras, shape, axis=axis, momentum=0.7, epsilon=0.01)
    rng = np.random.default_rng(1)
    for step in range(4):
        x = rng.normal(2.0, 3.0, shape).astype("float32")
        a, b = torch.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
        y, z = ours(a, training=True), real(b, training=True)
        assert y.shape == shape and y.dtype is torch.float32
        weight = torch.tensor(rng.normal(size=shape), dtype=torch.float32)
        (y * weight).sum().backward()
        (z * weight).sum().backward()
        np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-5, err_msg=f"step {step}")
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-3, atol=1e-4)
    for mine, theirs in zip(ours.weights, real.weights, strict=True):
        assert mine.name == theirs.name
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-5)
    for mine, theirs in zip(ours.trainable_variables, real.trainable_variables, strict=True):
        np.testing.assert_allclose(mine.parameter.grad, theirs.value.grad, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(numbers(ours(x)), numbers(real(x)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("center", "scale"), [(True, False), (False, True), (False, False)])
def test_without_offset_or_factor(real_keras, center, scale):
    ours, real = twins(real_keras, (4, 3, 3, 2), center=center, scale=scale)
    assert len(ours.trainable_weights) == center + scale
    assert len(list(ours.parameters())) == center + scale
    x = np.random.default_rng(1).normal(size=(4, 3, 3, 2)).astype("float32")
    np.testing.assert_allclose(numbers(ours(x, training=True)), numbers(real(x, training=True)), atol=1e-5)


def test_computes_through_the_batch_norm_of_torch():
    kinds = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}
    for rank, kind in kinds.items():
        layer = layers.BatchNormalization()
        layer.build((2,) * rank)
        assert type(layer.norm) is kind
        calls = []
        layer.norm.register_forward_hook(lambda *args, calls=calls: calls.append(1))
        layer(torch.ones((2,) * rank), training=True)
        layer(torch.ones((2,) * rank))
        assert len(calls) == 2
        assert layer.moving_mean.parameter is layer.norm.running_mean
        assert layer.gamma.parameter is layer.norm.weight


def test_equals_torch_but_for_the_population_variance():
    layer = layers.BatchNormalization(momentum=0.9)
    twin = nn.BatchNorm2d(3, eps=1e-3, momentum=0.1)
    x = torch.randn(4, 5, 6, 3)
    y = layer(x, training=True)
    z = twin(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    assert torch.equal(y, z)
    assert torch.allclose(layer.norm.running_mean, twin.running_mean)
    population = 0.9 + 0.1 * x.var(dim=(0, 1, 2), correction=0)
    assert torch.allclose(layer.norm.running_var, population, rtol=1e-6)


def test_two_calls_before_one_backward_pass():
    layer = layers.BatchNormalization()
    x = torch.randn(4, 3)
    (layer(x, training=True).square().sum() + layer(2 * x, training=True).square().sum()).backward()
    assert layer.gamma.parameter.grad is not None


def test_a_mask_leaves_steps_out_of_the_statistics(real_keras):
    ours, real = twins(real_keras, (3, 4, 2), momentum=0.6)
    rng = np.random.default_rng(1)
    for step in range(3):
        x = rng.normal(2.0, 3.0, (3, 4, 2)).astype("float32")
        mask = np.array([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]], bool) if step < 2 else np.zeros((3, 4), bool)
        a, b = torch.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
        y, z = ours(a, mask=torch.tensor(mask), training=True), real(b, mask=mask, training=True)
        np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-5)
        y.square().sum().backward()
        z.square().sum().backward()
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-3, atol=1e-4)
    for mine, theirs in zip(ours.weights, real.weights, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-5)
    np.testing.assert_allclose(
        numbers(ours(x, mask=torch.tensor(mask))), numbers(real(x, mask=mask)), rtol=1e-5, atol=1e-6
    )


def test_a_mask_is_passed_on():
    x = torch.randn(2, 3, 4)
    x._keras_mask = torch.tensor([[True, False, True]] * 2)
    assert torch.equal(layers.BatchNormalization()(x, training=True)._keras_mask, x._keras_mask)


def test_a_frozen_layer_uses_and_keeps_its_averages(real_keras):
    ours, real = twins(real_keras, (4, 3))
    x = np.random.default_rng(1).normal(size=(4, 3)).astype("float32")
    ours.train()
    for frozen in (True, False, True):
        ours.trainable = real.trainable = not frozen
        before = ours.moving_variance.numpy()
        y = ours(x, training=True)
        np.testing.assert_allclose(numbers(y), numbers(real(x, training=True)), rtol=1e-5, atol=1e-5)
        assert np.array_equal(before, ours.moving_variance.numpy()) is frozen
        if frozen:  # the direct path
            np.testing.assert_allclose(numbers(ours(torch.tensor(x))), numbers(y), atol=1e-5)
    assert len(ours.non_trainable_weights) == 4


def test_one_value_for_each_feature_and_none(real_keras):
    ours, real = twins(real_keras, (1, 3), momentum=0.5)
    x = np.ones((1, 3), "float32")
    np.testing.assert_allclose(numbers(ours(x, training=True)), numbers(real(x, training=True)), atol=1e-6)
    np.testing.assert_allclose(ours.moving_variance.numpy(), real.moving_variance.numpy())
    before = ours.get_weights()
    assert ours(np.ones((0, 3), "float32"), training=True).shape == (0, 3)
    for was, now in zip(before, ours.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize("clipping", [None, {"rmax": 1.1, "rmin": 0.9, "dmax": 0.2}, {"dmax": 0.1}])
def test_renormalization(real_keras, clipping):
    settings = {"renorm": True, "renorm_clipping": clipping, "momentum": 0.8, "renorm_momentum": 0.6}
    ours, real = twins(real_keras, (5, 4, 3), **settings)
    assert [v.name for v in ours.weights] == [v.name for v in real.weights]
    rng = np.random.default_rng(1)
    for _ in range(3):
        x = rng.normal(2.0, 3.0, (5, 4, 3)).astype("float32")
        a, b = torch.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
        y, z = ours(a, training=True), real(b, training=True)
        np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-5)
        y.square().sum().backward()
        z.square().sum().backward()
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-3, atol=1e-4)
    for mine, theirs in zip(ours.weights, real.weights, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-5)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "bfloat16", "float16", "float64"])
def test_precision(real_keras, dtype):
    ours, real = twins(real_keras, (8, 3, 4), dtype=dtype, momentum=0.5)
    x = np.random.default_rng(1).normal(2.0, 3.0, (8, 3, 4))
    y, z = ours(x, training=True), real(x, training=True)
    assert y.dtype is z.dtype
    assert [v.dtype for v in ours.weights] == [v.dtype for v in real.weights]
    half = {torch.bfloat16: 0.02, torch.float16: 0.003, torch.float64: 1e-6}[y.dtype]
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=half, atol=half)
    for mine, theirs in zip(ours.weights, real.weights, strict=True):
        np.testing.assert_allclose(numbers(mine.value), numbers(theirs.value), rtol=half)


@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"axis": 1, "momentum": 0.9, "gamma_regularizer": "l2", "beta_constraint": "non_neg"},
        {"renorm": True, "renorm_clipping": {"rmax": 3.0, "rmin": 0.3, "dmax": 5.0}, "renorm_momentum": 0.95},
    ],
)
def test_config_round_trip(real_keras, kwargs):
    layer = layers.BatchNormalization(name="bn", **kwargs)
    config = layer.get_config()
    assert config == real_keras.layers.BatchNormalization(name="bn", **kwargs).get_config()
    assert layers.BatchNormalization.from_config(config).get_config() == config


def test_regularizers_and_constraints_belong_to_their_weights():
    layer = layers.BatchNormalization(gamma_regularizer="l2", beta_constraint="non_neg")
    layer.build((None, 3))
    assert layer.losses[0].item() == pytest.approx(0.03)  # 0.01 * 3 ones
    assert layer.beta.constraint is layer.beta_constraint


def test_momentum_and_epsilon_may_change_later(real_keras):
    ours, real = twins(real_keras, (6, 3))
    x = np.random.default_rng(1).normal(size=(6, 3)).astype("float32")
    ours.momentum = real.momentum = 0.3
    ours.epsilon = real.epsilon = 0.5
    np.testing.assert_allclose(numbers(ours(x, training=True)), numbers(real(x, training=True)), atol=1e-5)
    np.testing.assert_allclose(ours.moving_mean.numpy(), real.moving_mean.numpy(), rtol=1e-5)


def test_states_of_torch_batch_norms_load_and_copies_are_equal():
    layer = layers.BatchNormalization()
    layer.build((None, 4, 4, 3))
    twin = nn.Sequential()
    twin.norm = nn.BatchNorm2d(3)
    twin.norm.running_mean.fill_(0.5)
    layer.load_state_dict(twin.state_dict())
    layer.load_state_dict(dict(layer.state_dict()))  # without the version that torch keeps beside it
    assert layer.moving_mean.numpy().tolist() == [0.5] * 3
    x = torch.randn(2, 4, 4, 3)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(other(x, training=True), copy.deepcopy(layer)(x, training=True))
        assert not torch.equal(other.moving_mean.value, layer.moving_mean.value)


def test_torch_compile_sees_one_graph():
    layer = layers.BatchNormalization()
    x = torch.randn(4, 3, 3, 2)
    layer(x)
    layer.train()
    twin = copy.deepcopy(layer)
    y = torch.compile(layer, fullgraph=True, backend="aot_eager")(x)
    assert torch.allclose(y, twin(x), atol=1e-6)
    assert torch.allclose(layer.norm.running_var, twin.norm.running_var)


def test_symbolic_shapes():
    assert layers.BatchNormalization()(layers.Input((None, None, 3))).shape == (None, None, None, 3)
    assert layers.BatchNormalization(dtype="mixed_bfloat16")(layers.Input((3,))).dtype == "bfloat16"
    assert layers.BatchNormalization(axis=1).compute_output_shape((None, 3, 2)) == (None, 3, 2)


def test_integers_and_arrays_are_cast(real_keras):
    ours, real = twins(real_keras, (4, 2))
    x = np.arange(8).reshape(4, 2)
    np.testing.assert_allclose(numbers(ours(x, training=True)), numbers(real(x, training=True)), atol=1e-6)


@pytest.mark.parametrize(
    ("kwargs", "shape", "error", "words"),
    [
        ({"axis": [1, 2]}, None, TypeError, r"axis=\[1, 2\]"),
        ({"momentum": "high"}, None, TypeError, "momentum='high'"),
        ({"epsilon": None}, None, TypeError, "epsilon=None"),
        ({"renorm_clipping": {"rmaxx": 1}}, None, ValueError, "invalid keys.*rmaxx"),
        ({"renorm_clipping": {"rmax": 0.1, "rmin": 0.2}}, None, ValueError, "rmax should be greater"),
        ({"renorm_clipping": {"dmax": -1.0}}, None, ValueError, "dmax should be non-negative"),
        ({"renorm_clipping": 3}, None, TypeError, "renorm_clipping=3"),
        ({"renorm": True, "synchronized": True}, None, ValueError, "several processes"),
        ({"axis": 3}, (2, 3), ValueError, "axis 3.*shape \\(2, 3\\)"),
        ({"axis": -3}, (2, 3), ValueError, "axis -3"),
        ({}, (2,), ValueError, "batch axis"),
        ({}, (2, None), ValueError, "size of axis -1"),
    ],
)
def test_bad_arguments(kwargs, shape, error, words):
    with pytest.raises(error, match=words):
        layers.BatchNormalization(**kwargs).build(shape)


def test_inputs_of_another_size_change_nothing():
    layer = layers.BatchNormalization()
    layer(torch.randn(4, 3), training=True)
    layer.train()
    before = layer.get_weights()
    for wrong in (torch.randn(4, 5), torch.randn(4, 2, 3)):
        with pytest.raises(ValueError, match="incompatible with the layer"):
            layer(wrong)
    for was, now in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_allclose(was, now, rtol=1e-6)


def test_synchronized_is_torchs_and_equals_the_plain_one_alone():
    layer, plain = layers.BatchNormalization(synchronized=True), layers.BatchNormalization()
    x = torch.randn(4, 3, 3, 2)
    assert torch.allclose(layer(x, training=True), plain(x, training=True), atol=1e-6)
    assert type(layer.norm) is nn.SyncBatchNorm
    assert torch.allclose(layer.moving_variance.value, plain.moving_variance.value)
    assert [v.name for v in layer.weights] == [v.name for v in plain.weights]
