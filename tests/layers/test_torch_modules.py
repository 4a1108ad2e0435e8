"""Every public layer: those with a counterpart in `torch.nn` hold it, and it is what runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import layers

SEQUENCE, IMAGE, VOLUME = (2, 6, 4), (2, 6, 6, 4), (2, 4, 4, 4, 4)
SPATIAL = {1: SEQUENCE, 2: IMAGE, 3: VOLUME}

# Layer -> how to make it, the shape of its input, the module of torch that has to run.
MAPPED: dict[str, tuple[Any, Any, type[nn.Module]]] = {
    "Dense": (lambda c: c(3), (2, 4), nn.Linear),
    "Embedding": (lambda c: c(9, 3), "integers", nn.Embedding),
    "ReversibleEmbedding": (lambda c: c(9, 3), "integers", nn.Embedding),
    "Flatten": (lambda c: c(), IMAGE, nn.Flatten),
    "TorchModuleWrapper": (lambda c: c(nn.Linear(4, 2)), (2, 4), nn.Linear),
    "Dropout": (lambda c: c(0.5), (2, 4), nn.Dropout),
    "AlphaDropout": (lambda c: c(0.5), (2, 4), nn.AlphaDropout),
    "BatchNormalization": (lambda c: c(), IMAGE, nn.BatchNorm2d),
    "LayerNormalization": (lambda c: c(), (2, 4), nn.LayerNorm),
    "GroupNormalization": (lambda c: c(2), IMAGE, nn.GroupNorm),
    "RMSNormalization": (lambda c: c(), (2, 4), nn.RMSNorm),
    "LSTM": (lambda c: c(3), SEQUENCE, nn.LSTM),
    "GRU": (lambda c: c(3), SEQUENCE, nn.GRU),
    "SimpleRNN": (lambda c: c(3), SEQUENCE, nn.RNN),
    "RNN": (lambda c: c(layers.LSTMCell(3)), SEQUENCE, nn.LSTM),
    "Bidirectional": (lambda c: c(layers.LSTM(3)), SEQUENCE, nn.LSTM),
    "TimeDistributed": (lambda c: c(layers.Dense(3)), SEQUENCE, nn.Linear),
    "MultiHeadAttention": (lambda c: c(2, 3), "attention", nn.Linear),
    "GroupQueryAttention": (lambda c: c(2, 4, 2), "attention", nn.Linear),
    "SpectralNormalization": (lambda c: c(layers.Dense(3)), (2, 4), nn.Linear),
    "ReLU": (lambda c: c(), (2, 4), nn.ReLU),
    "LeakyReLU": (lambda c: c(), (2, 4), nn.LeakyReLU),
    "PReLU": (lambda c: c(), (2, 4), nn.PReLU),
    "ELU": (lambda c: c(), (2, 4), nn.ELU),
    "Softmax": (lambda c: c(), (2, 4), nn.Softmax),
}
for n, shape in SPATIAL.items():
    for kind, short in (("Max", "Max"), ("Average", "Avg")):
        MAPPED[f"{kind}Pooling{n}D"] = (lambda c: c(2), shape, getattr(nn, f"{short}Pool{n}d"))
        MAPPED[f"Adaptive{kind}Pooling{n}D"] = (lambda c: c(2), shape, getattr(nn, f"Adaptive{short}Pool{n}d"))
    MAPPED[f"Conv{n}D"] = (lambda c: c(3, 3), shape, getattr(nn, f"Conv{n}d"))
    MAPPED[f"Conv{n}DTranspose"] = (lambda c: c(3, 3), shape, getattr(nn, f"ConvTranspose{n}d"))
    MAPPED[f"SpatialDropout{n}D"] = (lambda c: c(0.5), shape, getattr(nn, f"Dropout{n}d"))
    MAPPED[f"UpSampling{n}D"] = (lambda c: c(2), shape, nn.Upsample)
    MAPPED[f"ZeroPadding{n}D"] = (lambda c: c(1), shape, getattr(nn, f"ZeroPad{n}d"))
    if n < 3:
        MAPPED[f"DepthwiseConv{n}D"] = (lambda c: c(3), shape, getattr(nn, f"Conv{n}d"))
        MAPPED[f"SeparableConv{n}D"] = (lambda c: c(3, 3), shape, getattr(nn, f"Conv{n}d"))

# Layers whose computation torch.nn has no module for, or that compute nothing.
OWN = {
    *("Activation", "ActivityRegularization", "Identity", "InputLayer", "Lambda", "Layer", "Masking", "Wrapper"),
    *("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"),
    *(
        "Attention",
        "AdditiveAttention",
        "EinsumDense",
        "GaussianDropout",
        "GaussianNoise",
        "Normalization",
        "Rescaling",
    ),
    *("Permute", "RepeatVector", "Reshape", "UnitNormalization"),
    *(f"Cropping{n}D" for n in SPATIAL),
    *(f"Global{kind}Pooling{n}D" for kind in ("Max", "Average") for n in SPATIAL),
    *("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"),  # one step, by hand; their layers run torch's kernels
}


def test_every_public_layer_is_in_one_of_the_tables() -> None:
    public = {getattr(layers, name) for name in dir(layers)}
    names = {c.__name__ for c in public if isinstance(c, type) and issubclass(c, layers.Layer)}
    assert names == set(MAPPED) | OWN and not set(MAPPED) & OWN


@pytest.mark.parametrize("name", MAPPED)
def test_the_module_of_torch_is_there_and_runs(name: str) -> None:
    make, shape, expected = MAPPED[name]
    layer = make(getattr(layers, name))
    if shape == "integers":
        inputs = (np.ones((2, 3), "int32"),)
    elif shape == "attention":
        inputs = (torch.randn(SEQUENCE), torch.randn(SEQUENCE))
    else:
        inputs = (torch.randn(shape),)
    first = layer(*inputs, training=True) if name.endswith(("Dropout", "1D", "2D", "3D")) else layer(*inputs)
    held = [m for m in layer.modules() if isinstance(m, expected) and type(m).__module__.startswith("torch.nn")]
    assert held, f"{name} holds no {expected.__name__}"
    runs: list[nn.Module] = []
    for module in held:
        module.register_forward_hook(lambda module, args, output: runs.append(module))
    torch.manual_seed(0)
    again = layer(*inputs, training=True) if name.endswith(("Dropout", "1D", "2D", "3D")) else layer(*inputs)
    assert set(runs) == set(held) and again.shape == first.shape
