"""Five training steps under each dtype policy, beside real Keras and plain torch: losses, weights, loss scales."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat as keras
from torchkeras_compat.dtypes.dtype_policy import set_global_policy

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.integers(0, 3, size=40)
DATA = {
    "dense": RANDOM.normal(size=(40, 6)).astype("float32"),
    "conv": RANDOM.normal(size=(40, 8, 8, 2)).astype("float32"),
    "recurrent": RANDOM.integers(0, 20, size=(40, 5)),
}
HALVES = ("bfloat16", "float16")
# What five steps may differ by: losses; and weights, as a fraction of the way that all of them went together. bfloat16
# has 8 bits, float16 has 11; weights in these are rounded in every update. Keras on torch rounds some of float64.
TOLERANCES = {
    "float32": (2e-6, 5e-5),
    "float64": (2e-6, 5e-5),
    "mixed_float16": (1e-3, 0.01),
    "mixed_bfloat16": (1e-2, 0.03),
    "float16": (5e-3, 0.03),
    "bfloat16": (2e-2, 0.12),
}


@pytest.fixture(autouse=True)
def the_policies_before(real_keras):
    yield
    set_global_policy(None)
    real_keras.config.set_dtype_policy("float32")


def network(K, kind):
    L = K.layers
    parts = {
        "dense": [
            K.Input((6,)),
            L.Dense(16, activation="relu"),
            L.BatchNormalization(),
            L.Dense(8, activation="tanh"),
            L.LayerNormalization(),
        ],
        "conv": [
            K.Input((8, 8, 2)),
            L.Conv2D(4, 3, activation="relu", padding="same"),
            L.MaxPooling2D(),
            L.DepthwiseConv2D(3),
            L.GlobalAveragePooling2D(),
        ],
        "recurrent": [K.Input((5,)), L.Embedding(20, 6, mask_zero=True), L.LSTM(8, return_sequences=True), L.GRU(6)],
    }
    return K.Sequential([*parts[kind], L.Dense(3, activation="softmax")])


def losses_of_steps(K, model, kind, steps=5):
    """Train batch by batch in the order of the data; return the running mean of the loss after each step."""
    found = []
    each = K.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: found.append(float(logs["loss"])))
    rows = 8 * steps
    model.fit(DATA[kind][:rows], LABELS[:rows], batch_size=8, shuffle=False, verbose=0, callbacks=[each])
    return found


def wide(weights):
    return [np.asarray(w, dtype="float64") for w in weights]


def twins(real_keras, policy, kind, optimizer="SGD", rate=0.05, make=network):
    """Our network and Keras's, with the same weights, compiled under the policy."""
    real_keras.utils.set_random_seed(1)
    models = []
    for K in (real_keras, keras):
        K.config.set_dtype_policy(policy)
        model = make(K, kind)
        if models:
            model.set_weights([w.astype("float32") for w in models[0].get_weights()])
        model.compile(getattr(K.optimizers, optimizer)(rate), "sparse_categorical_crossentropy")
        models.append(model)
    return models[1], models[0]


def check_steps(real_keras, ours, theirs, kind, tolerances):
    before = wide(theirs.get_weights())
    loss, weight = tolerances
    np.testing.assert_allclose(
        losses_of_steps(keras, ours, kind), losses_of_steps(real_keras, theirs, kind), atol=loss, rtol=0
    )
    mine, after = wide(ours.get_weights()), wide(theirs.get_weights())
    difference, way = (
        np.sqrt(sum(np.square(a - b).sum() for a, b in zip(after, others, strict=True))) for others in (mine, before)
    )
    assert difference < weight * way
    assert [v.dtype for v in ours.weights] == [real_keras.backend.standardize_dtype(v.dtype) for v in theirs.weights]


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("policy", TOLERANCES)
def test_five_steps_are_those_of_keras(real_keras, policy, kind):
    if kind == "recurrent" and policy in HALVES:
        pytest.skip("recurrent layers of Keras fail under this policy")
    ours, theirs = twins(real_keras, policy, kind)
    check_steps(real_keras, ours, theirs, kind, TOLERANCES[policy])
    outputs = ours.predict(DATA[kind], verbose=0)
    assert outputs.dtype == {"float64": "float64", "float16": "float16", "mixed_float16": "float16"}.get(
        policy, "float32"
    )


@pytest.mark.parametrize("policy", ["float32", "float64", "mixed_float16", "mixed_bfloat16"])
def test_five_steps_of_adam_are_those_of_keras(real_keras, policy):
    ours, theirs = twins(real_keras, policy, "conv", "Adam", 0.01)
    loss, weight = TOLERANCES[policy]
    check_steps(real_keras, ours, theirs, "conv", (loss, 2 * weight))


@pytest.mark.parametrize("policy", HALVES)
@pytest.mark.parametrize("kind", DATA)
def test_adam_with_weights_in_half_precision_follows_float32(policy, kind):
    """Keras's computes its constants in that precision: under bfloat16 nothing moves, under float16 it diverges."""
    models = {}
    for name in ("float32", policy):
        keras.config.set_dtype_policy(name)
        models[name] = network(keras, kind)
        models[name].set_weights(models["float32"].get_weights())
        models[name].compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    full, half = (losses_of_steps(keras, model, kind) for model in models.values())
    np.testing.assert_allclose(half, full, atol=0.03, rtol=0)
    assert {p.dtype for p in models[policy].parameters()} == {getattr(torch, policy)}


def test_policies_of_layers(real_keras):
    def make(K, kind):
        L = K.layers
        policies = K.dtype_policies.DTypePolicyMap(K.dtype_policies.DTypePolicy("float32"))
        policies[".*first"] = K.dtype_policies.DTypePolicy("mixed_bfloat16")
        policies[".*wide_1"] = K.dtype_policies.DTypePolicy("float64")
        return K.Sequential(
            [
                K.Input((6,)),
                L.Dense(16, activation="relu", dtype=policies, name="first"),
                L.BatchNormalization(dtype="mixed_float16"),
                L.Dense(8, activation="tanh", dtype=policies, name="wide_1"),
                L.Dense(3, activation="softmax", dtype=policies),
            ]
        )

    ours, theirs = twins(real_keras, "float32", "dense", make=make)
    assert [x.compute_dtype for x in ours.layers] == ["bfloat16", "float16", "float64", "float32"]
    check_steps(real_keras, ours, theirs, "dense", TOLERANCES["mixed_bfloat16"])


def test_floatx_float64_is_float64_all_through():
    keras.config.set_floatx("float64")
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse")
    x, y = DATA["dense"].astype("float64"), DATA["dense"].sum(1, keepdims=True).astype("float64")
    plain = nn.Sequential(
        copy.deepcopy(model.layers[0].linear), nn.Tanh(), copy.deepcopy(model.layers[1].linear)
    ).double()
    history = model.fit(x, y, batch_size=40, epochs=5, shuffle=False, verbose=0).history["loss"]
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(5):
        loss = nn.functional.mse_loss(plain(torch.as_tensor(x)), torch.as_tensor(y))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    np.testing.assert_allclose(history, losses, rtol=1e-13)
    torch.testing.assert_close(model.layers[0].linear.weight, plain[0].weight, rtol=1e-12, atol=1e-14)


def test_a_scale_that_is_too_large_is_halved_as_in_keras(real_keras):
    models = twins(real_keras, "mixed_float16", "dense")
    scales = []
    for K, model in zip((keras, real_keras), models, strict=True):
        before = model.get_weights()
        inner = K.optimizers.SGD(0.05)
        model.compile(K.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**24), "sparse_categorical_crossentropy")
        losses_of_steps(K, model, "dense", steps=3)
        np.testing.assert_array_equal(model.get_weights()[0], before[0])
        losses_of_steps(K, model, "dense")
        losses_of_steps(K, model, "dense")
        assert np.abs(model.get_weights()[0] - before[0]).max() > 1e-3
        scales.append((float(model.optimizer.dynamic_scale.numpy()), int(model.optimizer.iterations)))
    assert scales[0] == scales[1]


def test_compile_scales_the_loss_of_mixed_float16_alone():
    for policy, scales in (("mixed_float16", True), ("mixed_bfloat16", False), ("float16", False)):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)], name=policy)
        model.dtype_policy = policy
        model.compile("sgd", "mse")
        assert isinstance(model.optimizer, keras.mixed_precision.LossScaleOptimizer) is scales
    model.dtype_policy = "mixed_float16"
    model.compile("sgd", "mse", auto_scale_loss=False)
    assert isinstance(model.optimizer, keras.optimizers.SGD)
    with pytest.warns(UserWarning, match="torch.optim.SGD.* small gradients become zero.*mixed_bfloat16"):
        model.compile(torch.optim.SGD(model.parameters(), 0.1), "mse")


class Headed(keras.Model):
    """A subclassed model whose head has a policy of its own."""

    def __init__(self, K, head, **kwargs):
        super().__init__(**kwargs)
        self.head = K.layers.Dense(3, dtype=head)

    def call(self, inputs):
        return self.head(self.head(inputs)[:, :1] * 0 + inputs)


@pytest.mark.parametrize("head", ["float32", "float64", "float16", "mixed_float16"])
def test_a_layer_inside_a_mixed_one_computes_by_its_own_policy(head):
    model = Headed(keras, head, dtype="mixed_bfloat16")
    x = torch.as_tensor(DATA["dense"])
    for _ in range(2):
        outputs = model(x)
        wanted = getattr(torch, head.removeprefix("mixed_"))
        assert outputs.dtype is wanted
        exact = x.bfloat16().double() @ model.head.linear.weight.double().T
        error = (outputs.double() - exact).abs().max()
        assert error < {torch.float32: 1e-5, torch.float64: 1e-12, torch.float16: 1e-2}[wanted]
    assert Headed(keras, "mixed_bfloat16", dtype="mixed_bfloat16")(x).dtype is torch.bfloat16
    with torch.autocast("cpu", dtype=torch.bfloat16):  # the user's own scope holds for float32 layers
        assert keras.layers.Dense(2)(x).dtype is torch.bfloat16


def test_mixed_precision_names_are_those_of_the_policies():
    names = keras.mixed_precision
    assert names.Policy is names.DTypePolicy is keras.DTypePolicy
    names.set_global_policy("mixed_bfloat16")
    assert names.global_policy().name == names.dtype_policy().name == "mixed_bfloat16"


def test_tf32_is_torchs():
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    try:
        keras.config.enable_tf32()
        assert keras.config.is_tf32_enabled() and torch.backends.cuda.matmul.allow_tf32
        keras.config.disable_tf32()
        assert not keras.config.is_tf32_enabled()
        assert (torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32) == ("highest", False)
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]
