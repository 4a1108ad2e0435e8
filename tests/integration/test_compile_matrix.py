"""Small models of many kinds: eager, compiled and exported. The oracle is the eager call, with its gradients.

Each kind says how many graphs `torch.compile` makes of a call in inference: one, but for recurrent layers, which run
torch's kernels outside; what computes before, between and behind them is one graph each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend
from torch.utils import _pytree as pytree

import torchkeras_compat as keras
from torchkeras_compat import layers, ops
from torchkeras_compat.random.seed_generator import SeedGenerator

# Dynamo asks every tensor behind a break for its gradient, and hides the warning where warnings are not errors.
pytestmark = pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")


@dataclass
class Kind:
    """A model, its inputs for a batch of a size, and the number of graphs."""

    make: Callable[[], keras.Model]
    inputs: Callable[[int], Any]
    graphs: int = 1


def rows(*shape: int) -> Callable[[int], torch.Tensor]:
    return lambda batch: torch.randn(batch, *shape)


def ids(batch: int) -> torch.Tensor:
    found = torch.randint(1, 20, (batch, 7), dtype=torch.int32)
    found[0, 3:] = 0
    return found


def mlp() -> keras.Model:
    parts = [layers.Dense(8, activation="gelu"), layers.Dropout(0.5, seed=1), layers.Dense(3, activation="softmax")]
    return keras.Sequential([keras.Input((6,)), *parts])


def convnet() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.RandomFlip(seed=2),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.SpatialDropout2D(0.3, seed=3),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )


def residual() -> keras.Model:
    x = keras.Input((8, 8, 3))
    h = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(x)
    h = layers.ReLU()(layers.BatchNormalization()(h))
    y = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(h))
    return keras.Model(x, layers.Dense(2)(layers.GlobalAveragePooling2D()(layers.Add()([h, y]))))


def depthwise() -> keras.Model:
    x = keras.Input((8, 8, 3))
    h = layers.DepthwiseConv2D(3, padding="same")(layers.Conv2D(6, 1)(x))
    h = layers.Activation("hard_swish")(layers.GroupNormalization(2)(h))
    gate = layers.Dense(6, activation="hard_sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(h))
    return keras.Model(x, layers.Flatten()(layers.SeparableConv2D(2, 3)(h * gate)))


def upsampling() -> keras.Model:
    x = keras.Input((4, 4, 2))
    h = layers.Conv2DTranspose(3, 3, strides=2, padding="same")(x)
    h = layers.UpSampling2D()(layers.LeakyReLU()(h))
    return keras.Model(x, layers.Cropping2D(1)(layers.ZeroPadding2D(2)(layers.LayerNormalization()(h))))


class Block(layers.Layer):
    """Attention and a feed-forward network, of a user."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attention = layers.MultiHeadAttention(2, width // 2, dropout=0.1, seed=4)
        self.first, self.second = layers.LayerNormalization(), layers.LayerNormalization()
        self.network = keras.Sequential([layers.Dense(2 * width, activation="gelu"), layers.Dense(width)])

    def call(self, x, training=False):
        h = self.first(x)
        x = x + self.attention(h, h, use_causal_mask=True, training=training)
        return x + self.network(self.second(x))


class Transformer(keras.Model):
    """A subclassed model of integers."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = layers.Embedding(20, 8), layers.Embedding(7, 8)
        self.blocks = [Block(8), Block(8)]
        self.last = layers.Dense(3)

    def call(self, inputs, training=False):
        x = self.words(inputs) + self.places(ops.arange(inputs.shape[1]))
        for block in self.blocks:
            x = block(x, training=training)
        return self.last(ops.mean(x, axis=1))


def two_towers() -> keras.Model:
    left, right = keras.Input((5,), name="left"), keras.Input((4,), name="right")
    both = layers.Concatenate()([layers.Dense(3)(left), layers.Dense(3)(right)])
    return keras.Model({"left": left, "right": right}, {"score": layers.Dense(1)(both), "side": ops.relu(both) * 2})


def half() -> keras.Model:
    policy = "mixed_bfloat16"
    parts = [layers.Dense(8, dtype=policy), layers.RMSNormalization(dtype=policy), layers.Dense(3, dtype="float32")]
    return keras.Sequential([keras.Input((6,)), *parts])


class Penalized(keras.Model):
    """Losses besides the output, noise, and a loop."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(6, activity_regularizer="l2", kernel_regularizer="l1")
        self.noise = layers.GaussianNoise(0.2, seed=5)

    def call(self, inputs, training=False):
        x = inputs
        for _ in range(2):
            x = self.noise(self.dense(x), training=training)
        self.add_loss(ops.mean(x))
        return x


def recurrent() -> keras.Model:
    return keras.Sequential(
        [keras.Input((7, 4)), layers.LSTM(5, return_sequences=True), layers.GRU(3), layers.Dense(2)]
    )


def tagger() -> keras.Model:
    x = keras.Input((7,), dtype="int32")
    h = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(layers.Embedding(20, 4, mask_zero=True)(x))
    return keras.Model(x, layers.TimeDistributed(layers.Dense(2))(layers.Bidirectional(layers.GRU(3))(h)[:, None]))


def stepwise() -> keras.Model:
    cell = layers.SimpleRNN(3, activation="gelu", recurrent_dropout=0.2, return_sequences=True, seed=6)
    return keras.Sequential([keras.Input((5, 4)), cell, layers.GlobalMaxPooling1D()])


KINDS = {
    "mlp": Kind(mlp, rows(6)),
    "convnet": Kind(convnet, rows(8, 8, 3)),
    "residual": Kind(residual, rows(8, 8, 3)),
    "depthwise": Kind(depthwise, rows(8, 8, 3)),
    "upsampling": Kind(upsampling, rows(4, 4, 2)),
    "transformer": Kind(Transformer, ids),
    "two towers": Kind(two_towers, lambda batch: {"left": torch.randn(batch, 5), "right": torch.randn(batch, 4)}),
    "half precision": Kind(half, rows(6)),
    "penalized": Kind(Penalized, rows(6)),
    "step by step": Kind(stepwise, rows(5, 4)),
    "recurrent": Kind(recurrent, rows(7, 4)),
    "tagger": Kind(tagger, ids, graphs=2),
}


def built(kind: Kind) -> tuple[keras.Model, Any]:
    keras.utils.set_random_seed(0)
    model, x = kind.make(), kind.inputs(4)
    model(x)
    return model, x


def restart(model: keras.Model) -> None:
    torch.manual_seed(0)
    for module in model.modules():
        for value in vars(module).values():
            if isinstance(value, SeedGenerator):
                value.state[1] = 0


def outputs_and_gradients(model: keras.Model, call: Callable[..., Any], x: Any) -> tuple[Any, list[Any], list[Any]]:
    """Return the outputs of a call in training, the losses that it adds, and the gradients of both."""
    restart(model)
    model.zero_grad()
    state = {name: buffer.clone() for name, buffer in model.named_buffers()}
    outputs = call(x)
    losses = list(model.losses)
    terms = [y.float().square().mean() for y in pytree.tree_leaves(outputs)]
    sum([*terms, *losses]).backward()
    for name, buffer in model.named_buffers():
        buffer.data.copy_(state[name])
    return outputs, losses, [p.grad for p in model.parameters()]


@pytest.mark.parametrize("kind", KINDS)
def test_compiled_calls_are_the_eager_ones_in_one_graph(kind):
    torch.compiler.reset()
    model, x = built(KINDS[kind])
    model.eval()
    expected = model(x)
    counter = CompileCounterWithBackend("eager")
    compiled = torch.compile(model, backend=counter)
    for _ in range(2):
        torch.testing.assert_close(compiled(x), expected)
    assert counter.frame_count == KINDS[kind].graphs
    explained = torch._dynamo.explain(model)(x)
    assert explained.graph_count == KINDS[kind].graphs


@pytest.mark.parametrize("kind", KINDS)
def test_compiled_training_has_the_outputs_losses_and_gradients_of_the_eager_one(kind):
    torch.compiler.reset()
    model, x = built(KINDS[kind])
    model.train()
    expected = outputs_and_gradients(model, model, x)
    compiled = torch.compile(model, backend="aot_eager", fullgraph=kind not in ("recurrent", "tagger"))
    found = outputs_and_gradients(model, compiled, x)
    torch.testing.assert_close(found, expected)


@pytest.mark.filterwarnings("ignore:The tensor attributes .*_flat_weights")  # of torch's recurrent modules
@pytest.mark.parametrize("kind", KINDS)
def test_exported_programs_compute_the_model_for_any_batch(kind):
    model, x = built(KINDS[kind])
    model.eval()
    shapes = pytree.tree_map(lambda _: {0: torch.export.Dim("batch")}, x)
    program = torch.export.export(model, (x,), dynamic_shapes=(shapes,))
    named = [name for name in program.graph_signature.user_inputs if name]
    assert named == ([f"inputs_{key}" for key in x] if isinstance(x, dict) else ["inputs"])
    other = KINDS[kind].inputs(6)
    torch.testing.assert_close(program.module()(other), model(other))
