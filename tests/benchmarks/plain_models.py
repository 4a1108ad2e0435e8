"""The models of the benchmark as plain PyTorch modules, written by hand as well as one can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import plain_applications


def adam(module: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(module.parameters(), eps=1e-7, fused=True)


@dataclass
class Plain:
    """A module and what trains it.

    Attributes:
        module: Makes the module, which returns what ``loss`` takes.
        loss: Loss of the module's outputs and the targets, fused: from logits where the model ends in probabilities.
        activation: The last activation, which the loss includes and predictions have; None where there is none.
        loss_of_activated: The loss of its outputs, as the Keras model says it.
        optimizer: Makes the optimizer of the module.
        prepare: Turns an input array into the tensor that the module takes.
    """

    module: Callable[[], nn.Module]
    loss: Callable[[Any, Any], torch.Tensor]
    activation: Callable[[torch.Tensor], torch.Tensor] | None = None
    loss_of_activated: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None
    optimizer: Callable[[nn.Module], torch.optim.Optimizer] = adam
    prepare: Callable[[np.ndarray], torch.Tensor] = torch.from_numpy


def plain(key: str) -> Plain:
    """Return the module of a workload, by its key."""
    name, _, argument = key.partition("-")
    if argument.isdigit():
        return GROWING[name](int(argument))
    if key in MODULES:
        return MODULES[key]
    images = lambda: plain_applications.module(key).to(memory_format=torch.channels_last)  # noqa: E731
    return Plain(images, F.cross_entropy, *_SPARSE, prepare=images_to_channels_last)


def images_to_channels_last(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images).permute(0, 3, 1, 2)


def _softmax(outputs: torch.Tensor) -> torch.Tensor:
    return outputs.softmax(-1)


def _sparse_crossentropy(probabilities: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return F.nll_loss(probabilities.clamp(1e-7, 1 - 1e-7).log(), targets)


def _crossentropy(probabilities: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return -(targets * probabilities.clamp(1e-7, 1 - 1e-7).log()).sum(-1).mean()


def _penalized_mse(outputs: Any, targets: torch.Tensor) -> torch.Tensor:
    y, penalty = outputs
    return F.mse_loss(y, targets) + penalty


def _sum_of_mse(outputs: list[torch.Tensor], targets: list[torch.Tensor]) -> torch.Tensor:
    return sum((F.mse_loss(y, t) for y, t in zip(outputs, targets)), torch.zeros(()))


def _notes() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 3))


def _mlp() -> nn.Module:
    return nn.Sequential(
        *(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2)),
        *(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.2)),
        nn.Linear(512, 10),
    )


def _convnet() -> nn.Module:
    module = nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10)),
    )
    return module.to(memory_format=torch.channels_last)  # twice as fast as torch's default here


class _Text(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20000, 128)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.last = nn.Linear(128, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs, _ = self.lstm(self.embedding(x))
        return self.last(outputs[:, -1])


class _Stacked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.LSTM(8, 64, batch_first=True)
        self.second = nn.LSTM(64, 32, batch_first=True)
        self.last = nn.Linear(32, 1)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x, _ = self.first(x)
        x, _ = self.second(x)
        penalty = 1e-4 * (self.first.weight_ih_l0.square().sum() + self.second.weight_ih_l0.square().sum())
        return self.last(x[:, -1]), penalty


class _Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20000, 32)
        self.query, self.key, self.value, self.out = (nn.Linear(32, 32) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(32, eps=1e-6), nn.LayerNorm(32, eps=1e-6)
        self.hidden, self.back = nn.Linear(32, 32), nn.Linear(32, 32)
        self.dense, self.last = nn.Linear(32, 20), nn.Linear(20, 2)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.embedding(x)
        q, k, v = (part(x).unflatten(-1, (2, 16)).transpose(1, 2) for part in (self.query, self.key, self.value))
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        x = self.norm1(x + self.dropout(self.out(attended)))
        x = self.norm2(x + self.dropout(self.back(F.relu(self.hidden(x)))))
        x = self.dropout(x.mean(1))
        return self.last(self.dropout(F.relu(self.dense(x))))


class _Block(nn.Module):
    def __init__(self, before: int, filters: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, filters, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
        self.second = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
        self.shortcut = nn.Identity()
        if stride == 2:
            norm = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
            self.shortcut = nn.Sequential(nn.Conv2d(before, filters, 1, 2, bias=False), norm)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.norm1(self.first(x)))
        return F.relu(self.shortcut(x) + self.norm2(self.second(y)))


class _Resnet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16, eps=1e-3, momentum=0.01)
        widths = [(16, 16)] * 3 + [(16, 32)] + [(32, 32)] * 2 + [(32, 64)] + [(64, 64)] * 2
        self.blocks = nn.Sequential(*(_Block(a, b, 1 if a == b else 2) for a, b in widths))
        self.last = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(F.relu(self.norm(self.first(x))))
        return self.last(x.mean((2, 3)))


def _resnet() -> nn.Module:
    return _Resnet().to(memory_format=torch.channels_last)


class _Several(nn.Module):
    """Several inputs, joined, and as many outputs."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(8 * count, 64)
        self.outputs = nn.ModuleList(nn.Linear(64, 1) for _ in range(count))

    def forward(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        x = F.relu(self.hidden(inputs[0] if len(inputs) == 1 else torch.cat(inputs, -1)))
        return [output(x) for output in self.outputs]


def _layers(count: int) -> nn.Module:
    hidden = [part for _ in range(count - 1) for part in (nn.Linear(32, 32), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(32, 1))


def _sgd(module: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(module.parameters(), 0.1, momentum=0.9, fused=True)


_SPARSE = (_softmax, _sparse_crossentropy)
MODULES = {
    "notes": Plain(_notes, F.cross_entropy, _softmax, _crossentropy),
    "mlp": Plain(_mlp, F.cross_entropy, *_SPARSE),
    "convnet": Plain(_convnet, F.cross_entropy, *_SPARSE, prepare=images_to_channels_last),
    "lstm": Plain(_Text, F.binary_cross_entropy_with_logits, torch.sigmoid, F.binary_cross_entropy),
    "stacked-lstm": Plain(_Stacked, _penalized_mse),
    "transformer": Plain(_Transformer, F.cross_entropy, *_SPARSE),
    "resnet20": Plain(_resnet, F.cross_entropy, *_SPARSE, _sgd, images_to_channels_last),
    "wide": Plain(lambda: nn.Linear(64, 1024), F.mse_loss),
}
MODULES |= {f"own-{key}": MODULES[key] for key in ("notes", "transformer")}
GROWING: dict[str, Callable[[int], Plain]] = {
    "layers": lambda count: Plain(lambda: _layers(count), F.mse_loss),
    "inputs": lambda count: Plain(lambda: _Several(count), _sum_of_mse),
}
