"""Every public layer: the `torch.nn` module that it computes through is there, and is what runs.

A layer that is missing in the table fails the test; so does one that says to have no module and has one.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import layers
from torchkeras_compat.layers.core.einsum import Einsum
from torchkeras_compat.layers.layer.layer import Layer


class Case:
    """How a layer is made and called, and the class of the torch module that must run; None where torch has none."""

    def __init__(self, make: Callable[[], Layer], inputs: Any, module: type[nn.Module] | None) -> None:
        self.make = make
        self.inputs = inputs
        self.module = module


def case(name: str, inputs: Any, module: type[nn.Module] | None = None, *args: Any, **kwargs: Any) -> tuple[str, Case]:
    return name, Case(lambda: getattr(layers, name)(*args, **kwargs), inputs, module)


def x(*shape: int) -> Callable[[], torch.Tensor]:
    return lambda: torch.randn(shape)


def several(count: int, *shape: int) -> Callable[[], list[torch.Tensor]]:
    return lambda: [torch.randn(shape) for _ in range(count)]


def integers(*shape: int) -> Callable[[], torch.Tensor]:
    return lambda: torch.randint(0, 5, shape)


SPATIAL = {1: (6,), 2: (6, 7), 3: (4, 5, 6)}
RANKS = (1, 2, 3)


def by_rank(name: str, module: str | None, **kwargs: Any) -> list[tuple[str, Case]]:
    """Cases of a family that ends in ``1D``, ``2D``, ``3D``."""
    found = []
    for rank in RANKS:
        full = name.format(rank)
        if hasattr(layers, full):
            kind = getattr(nn, module.format(rank)) if module else None
            found.append(case(full, x(2, *SPATIAL[rank], 4), kind, **kwargs))
    return found


TABLE = dict(
    [
        case("Activation", x(2, 3), None, "relu"),
        case("ActivityRegularization", x(2, 3), None, l2=0.1),
        *(case(name, several(2, 2, 3)) for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")),
        case("Concatenate", several(2, 2, 3)),
        case("Dot", several(2, 2, 3), None, axes=1),
        case("AdditiveAttention", several(2, 2, 5, 4)),
        case("Attention", several(2, 2, 5, 4)),
        case("AlphaDropout", x(2, 3), nn.AlphaDropout, 0.5),
        case("BatchNormalization", x(2, 3), nn.BatchNorm1d),
        case("Dense", x(2, 3), nn.Linear, 2),
        case("Dropout", x(2, 3), nn.Dropout, 0.5),
        case("ELU", x(2, 3), nn.ELU),
        case("EinsumDense", x(2, 3), Einsum, "ab,bc->ac", output_shape=4),
        case("Embedding", integers(2, 3), nn.Embedding, 5, 4),
        case("Flatten", x(2, 3, 4), nn.Flatten),
        case("GaussianDropout", x(2, 3), None, 0.5),
        case("GaussianNoise", x(2, 3), None, 0.5),
        case("GroupNormalization", x(2, 3, 4), nn.GroupNorm, groups=2),
        case("Identity", x(2, 3)),
        case("LayerNormalization", x(2, 3), nn.LayerNorm),
        case("LeakyReLU", x(2, 3), nn.LeakyReLU),
        case("Masking", x(2, 3, 4)),
        case("Normalization", x(2, 3), None, mean=[0.0] * 3, variance=[1.0] * 3),
        case("PReLU", x(2, 3), nn.PReLU),
        case("Permute", x(2, 3, 4), None, (2, 1)),
        case("RMSNormalization", x(2, 3), nn.RMSNorm),
        case("ReLU", x(2, 3), nn.ReLU),
        case("RepeatVector", x(2, 3), None, 2),
        case("Rescaling", x(2, 3), None, 0.5),
        case("CategoryEncoding", integers(2, 3), None, num_tokens=5),
        case("Discretization", x(2, 3), None, bin_boundaries=[-0.5, 0.5]),
        case("HashedCrossing", lambda: (torch.arange(3), torch.arange(3)), None, num_bins=4),
        case("Hashing", integers(2, 3), None, num_bins=4),
        case("IntegerLookup", integers(2, 3), None, vocabulary=[1, 2, 3]),
        case("MelSpectrogram", x(2, 64), None, fft_length=32, sequence_stride=8, num_mel_bins=4),
        case("STFTSpectrogram", x(2, 64, 3), nn.Conv1d, frame_length=8),
        case("StringLookup", lambda: np.array([["a", "b", "z"]], object), None, vocabulary=["a", "b"]),
        case("TextVectorization", lambda: np.array(["a b", "z"], object), None, vocabulary=["a", "b"]),
        case("AugMix", x(2, 6, 8, 3), None),
        case("AutoContrast", x(2, 6, 8, 3), None),
        case("CenterCrop", x(2, 6, 8, 3), None, 4, 4),
        case("ContrastLimitedAdaptiveHistogramEqualization", x(2, 6, 8, 3), None),
        case("CutMix", x(2, 6, 8, 3), None),
        case("Equalization", x(2, 6, 8, 3), None),
        case("MaxNumBoundingBoxes", x(2, 6, 8, 3), None, 2),
        case("MixUp", x(2, 6, 8, 3), None),
        case("RandAugment", x(2, 6, 8, 3), None),
        case("RandomBrightness", x(2, 6, 8, 3), None, 0.1),
        case("RandomColorDegeneration", x(2, 6, 8, 3), None, 0.5),
        case("RandomColorJitter", x(2, 6, 8, 3), None, hue_factor=0.1),
        case("RandomContrast", x(2, 6, 8, 3), None, 0.1),
        case("RandomCrop", x(2, 6, 8, 3), None, 4, 4),
        case("RandomElasticTransform", x(2, 6, 8, 3), None),
        case("RandomErasing", x(2, 6, 8, 3), None),
        case("RandomFlip", x(2, 6, 8, 3), None),
        case("RandomGaussianBlur", x(2, 6, 8, 3), None),
        case("RandomGrayscale", x(2, 6, 8, 3), None),
        case("RandomHue", x(2, 6, 8, 3), None, 0.1),
        case("RandomInvert", x(2, 6, 8, 3), None),
        case("RandomPerspective", x(2, 6, 8, 3), None),
        case("RandomPosterization", x(2, 6, 8, 3), None, 4),
        case("RandomRotation", x(2, 6, 8, 3), None, 0.1),
        case("RandomSaturation", x(2, 6, 8, 3), None, 0.1),
        case("RandomSharpness", x(2, 6, 8, 3), None, 0.5),
        case("RandomShear", x(2, 6, 8, 3), None, 0.1),
        case("RandomTranslation", x(2, 6, 8, 3), None, 0.1, 0.1),
        case("RandomZoom", x(2, 6, 8, 3), None, 0.1),
        case("Resizing", x(2, 6, 8, 3), None, 4, 4),
        case("Solarization", x(2, 6, 8, 3), None),
        case("Reshape", x(2, 6), None, (2, 3)),
        case("ReversibleEmbedding", integers(2, 3), nn.Embedding, 5, 4),
        case("Softmax", x(2, 3), nn.Softmax),
        case("UnitNormalization", x(2, 3)),
        case("GRU", x(2, 5, 4), nn.GRU, 3),
        case("LSTM", x(2, 5, 4), nn.LSTM, 3),
        case("SimpleRNN", x(2, 5, 4), nn.RNN, 3),
        *by_rank("AdaptiveAveragePooling{}D", "AdaptiveAvgPool{}d", output_size=2),
        *by_rank("AdaptiveMaxPooling{}D", "AdaptiveMaxPool{}d", output_size=2),
        *by_rank("AveragePooling{}D", "AvgPool{}d"),
        *by_rank("MaxPooling{}D", "MaxPool{}d"),
        *by_rank("GlobalAveragePooling{}D", None),
        *by_rank("GlobalMaxPooling{}D", None),
        *by_rank("Conv{}D", "Conv{}d", filters=3, kernel_size=2),
        *by_rank("Conv{}DTranspose", "ConvTranspose{}d", filters=3, kernel_size=2),
        *by_rank("DepthwiseConv{}D", "Conv{}d", kernel_size=2),
        *by_rank("SeparableConv{}D", "Conv{}d", filters=3, kernel_size=2),
        *(
            case(f"ConvLSTM{rank}D", x(2, 3, *SPATIAL[rank], 4), getattr(nn, f"Conv{rank}d"), 3, 2, padding="same")
            for rank in RANKS
        ),
        *by_rank("Cropping{}D", None),
        *by_rank("SpatialDropout{}D", "Dropout{}d", rate=0.5),
        *by_rank("UpSampling{}D", "Upsample"),
        *by_rank("ZeroPadding{}D", "ZeroPad{}d"),
    ]
)

# Layers made from others, with the module that must run in them.
TABLE |= {
    "Bidirectional": Case(lambda: layers.Bidirectional(layers.LSTM(3)), x(2, 5, 4), nn.LSTM),
    "GroupQueryAttention": Case(lambda: _self_attention(layers.GroupQueryAttention(4, 2, 1)), x(2, 5, 6), nn.Linear),
    "Lambda": Case(lambda: layers.Lambda(lambda t: t * 2), x(2, 3), None),
    "MultiHeadAttention": Case(lambda: _self_attention(layers.MultiHeadAttention(2, 3)), x(2, 5, 6), nn.Linear),
    "Pipeline": Case(lambda: layers.Pipeline([layers.CenterCrop(4, 4), layers.Rescaling(2.0)]), x(2, 6, 8, 3), None),
    "RNN": Case(lambda: layers.RNN(layers.LSTMCell(3)), x(2, 5, 4), nn.LSTM),
    "SpectralNormalization": Case(lambda: layers.SpectralNormalization(layers.Dense(3)), x(2, 4), nn.Linear),
    "TimeDistributed": Case(lambda: layers.TimeDistributed(layers.Dense(3)), x(2, 5, 4), nn.Linear),
    "TorchModuleWrapper": Case(lambda: layers.TorchModuleWrapper(nn.Linear(4, 3)), x(2, 4), nn.Linear),
}

# No layers to be called by themselves on one tensor: bases, the entry of a graph, the cells that `RNN` runs.
NOT_CALLED = {
    "FlaxLayer": "computes in Flax",
    "InputLayer": "holds a symbol",
    "JaxLayer": "computes in JAX",
    "Layer": "a base class",
    "TFSMLayer": "computes in TensorFlow",
    "Wrapper": "a base class",
    "GRUCell": "takes states; `GRU` runs it",
    "LSTMCell": "takes states; `LSTM` runs it",
    "SimpleRNNCell": "takes states; `SimpleRNN` runs it",
    "StackedRNNCells": "takes states; `RNN` runs it",
}


def _self_attention(layer: Layer) -> Layer:
    class SelfAttention(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.attention = layer

        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            return self.attention(inputs, inputs)

    return SelfAttention()


def public_layers() -> dict[str, type[Layer]]:
    """The public layer classes, each under its own name: `AvgPool1D` is `AveragePooling1D`."""
    found = {}
    for name in dir(layers):
        value = getattr(layers, name)
        if inspect.isclass(value) and issubclass(value, Layer) and value.__name__ == name:
            found[name] = value
    return found


def test_every_public_layer_has_its_row():
    known = TABLE.keys() | NOT_CALLED.keys()
    assert known == public_layers().keys(), "add the layer to TABLE in this file, with the torch module it runs"


def modules_that_run(layer: Layer, inputs: Any, **kwargs: Any) -> set[type[nn.Module]]:
    """The classes of the torch modules below ``layer`` whose forward hooks fire in one call."""
    fired: set[type[nn.Module]] = set()
    below = [m for m in layer.modules() if not isinstance(m, Layer)]
    handles = [m.register_forward_hook(lambda m, args, out: fired.add(type(m))) for m in below]
    try:
        layer(inputs, **kwargs)
    finally:
        for handle in handles:
            handle.remove()
    return fired


@pytest.mark.parametrize("name", sorted(TABLE))
def test_the_mapped_torch_module_is_there_and_runs(name):
    row = TABLE[name]
    layer = row.make()
    inputs = row.inputs()
    layer(inputs)
    held = {type(m) for m in layer.modules() if not isinstance(m, Layer)}
    if row.module is None:
        assert not held, f"{name} holds {held}: say so in TABLE"
        return
    assert holds(held, row.module)
    assert holds(modules_that_run(layer, inputs, training=True), row.module)
    if "Dropout" not in name:  # in inference there is nothing to compute
        assert holds(modules_that_run(layer, inputs), row.module)


def holds(kinds, module):
    """Whether one of the classes is the torch module, or a subclass that keeps off a fault of one of its kernels."""
    return any(issubclass(kind, module) for kind in kinds)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_all_weights_are_torch_parameters_or_buffers(name):
    row = TABLE[name]
    layer = row.make()
    layer(row.inputs())
    held = {id(t) for t in (*layer.parameters(), *layer.buffers())}
    assert all(id(t) in held for v in layer.weights for t in v.parameters)
    trainable = {id(t) for v in layer.trainable_weights for t in v.parameters}
    assert trainable == {id(p) for p in layer.parameters() if p.requires_grad}


def test_a_held_module_can_be_replaced_by_its_like():
    layer = layers.Dense(2)
    layer(torch.zeros(1, 3))
    new = nn.Linear(3, 2)
    layer.linear = new
    x = torch.randn(4, 3)
    torch.testing.assert_close(layer(x), new(x))
    np.testing.assert_array_equal(layer.kernel.numpy(), new.weight.detach().T)
    assert layer.bias.parameter is new.bias
    assert [id(p) for v in layer.trainable_weights for p in v.parameters] == [id(new.weight), id(new.bias)]


def test_a_held_module_can_be_wrapped():
    class Adapter(nn.Module):
        def __init__(self, base):
            super().__init__()
            self.base = base

        def forward(self, x):
            return self.base(x) + 1

    layer = layers.Dense(2)
    layer(torch.zeros(1, 3))
    base = layer.linear
    layer.linear = Adapter(base)
    x = torch.randn(4, 3)
    torch.testing.assert_close(layer(x), base(x) + 1)
    assert layer.kernel.parameter is base.weight


@pytest.mark.parametrize("new", [nn.Linear(4, 2), nn.Linear(3, 2, bias=False), nn.Identity()])
def test_a_held_module_of_other_weights_is_refused(new):
    layer = layers.Dense(2, name="head")
    layer(torch.zeros(1, 3))
    old = layer.linear
    with pytest.raises(
        ValueError, match=r"Layer 'head' shows tensors.*`linear`.*does not have '(weight|bias)' of shape"
    ):
        layer.linear = new
    assert layer.linear is old


# What `torch.compile` cannot take in one graph, in which modes, and why.
NOT_IN_ONE_GRAPH = {
    "AugMix": ((True,), "chooses its operations in Python"),
    "RandAugment": ((True,), "chooses its operations in Python"),
    "StringLookup": ((False, True), "reads strings"),
    "TextVectorization": ((False, True), "reads strings"),
}
RECURRENT = ("Bidirectional", "GRU", "LSTM", "RNN", "SimpleRNN")  # in a graph only with `allow_rnn` of Dynamo


@pytest.mark.parametrize("name", sorted(TABLE.keys() - NOT_IN_ONE_GRAPH.keys()))
def test_torch_compile_takes_the_layer_in_one_graph_and_computes_the_same(name):
    torch.manual_seed(0)
    row = TABLE[name]
    layer, inputs = row.make(), row.inputs()
    call = (lambda f: f(list(inputs))) if isinstance(inputs, tuple) else (lambda f: f(inputs))
    layer.eval()
    call(layer)
    twin = copy.deepcopy(layer.train())  # in training mode a layer does all that it does in inference, and more
    torch.compiler.reset()
    compiled = torch.compile(layer, backend="eager", fullgraph=True)
    with torch._dynamo.config.patch(allow_rnn=name in RECURRENT):
        torch.manual_seed(0)
        found = call(compiled)
    torch.manual_seed(0)
    torch.testing.assert_close(found, call(twin), rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore:Dynamo detected a call to a `functools.lru_cache`")  # the device
@pytest.mark.parametrize("name", NOT_IN_ONE_GRAPH)
def test_layers_that_python_computes_in_part_run_compiled_too(name):
    row = TABLE[name]
    layer, inputs = row.make().eval(), row.inputs()
    layer(inputs)
    modes, _ = NOT_IN_ONE_GRAPH[name]
    for training in modes:
        twin = copy.deepcopy(layer.train(training))
        torch.compiler.reset()
        torch.manual_seed(0)
        found = torch.compile(layer, backend="eager")(inputs)
        torch.manual_seed(0)
        torch.testing.assert_close(found, twin(inputs), rtol=1e-5, atol=1e-5)
