"""Plain twins of `applications`: torchvision's of the same name where installed, else modules of the same layers."""

from __future__ import annotations

import importlib.util
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F


def module(name: str, classes: int = 10) -> nn.Module:
    """Make ``MobileNetV2`` or ``ResNet50``."""
    if importlib.util.find_spec("torchvision") is not None:
        import torchvision

        return torchvision.models.get_model(name.lower().replace("netv2", "net_v2"), num_classes=classes)
    return _mobilenet_v2(classes) if name == "MobileNetV2" else _resnet50(classes)


def _convolution(before: int, filters: int, size: int = 1, stride: int = 1, groups: int = 1, active: Any = None) -> Any:
    convolution = nn.Conv2d(before, filters, size, stride, size // 2, groups=groups, bias=False)
    parts = [convolution, nn.BatchNorm2d(filters), *([] if active is None else [active])]
    return nn.Sequential(*parts)


class _Residual(nn.Module):
    """The sum of a path and its inputs, or of a path and another one, activated or not."""

    def __init__(self, path: nn.Module, other: nn.Module | None = None, active: bool = False) -> None:
        super().__init__()
        self.path, self.other, self.active = path, other or nn.Identity(), active

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = self.path(x) + self.other(x)
        return F.relu(total, inplace=True) if self.active else total


def _mobilenet_v2(classes: int) -> nn.Module:
    parts: list[nn.Module] = [_convolution(3, 32, 3, 2, active=nn.ReLU6(True))]
    before, expansion = 32, 1
    for filters, count, first in ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1)):
        for n in range(count):
            stride, wide = first if n == 0 else 1, before * expansion
            path = nn.Sequential(
                *([_convolution(before, wide, active=nn.ReLU6(True))] if expansion > 1 else []),
                _convolution(wide, wide, 3, stride, wide, nn.ReLU6(True)),
                _convolution(wide, filters),
            )
            parts.append(_Residual(path) if stride == 1 and before == filters else path)
            before, expansion = filters, 6
    parts += [_convolution(320, 1280, active=nn.ReLU6(True)), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*parts, nn.Linear(1280, classes))


def _resnet50(classes: int) -> nn.Module:
    parts: list[nn.Module] = [_convolution(3, 64, 7, 2, active=nn.ReLU(True)), nn.MaxPool2d(3, 2, 1)]
    before = 64
    for stack, (filters, depth) in enumerate(zip((64, 128, 256, 512), (3, 4, 6, 3))):
        for n in range(depth):
            stride = 2 if stack and not n else 1
            path = nn.Sequential(
                _convolution(before, filters, 1, stride, active=nn.ReLU(True)),
                _convolution(filters, filters, 3, active=nn.ReLU(True)),
                _convolution(filters, 4 * filters),
            )
            parts.append(_Residual(path, None if n else _convolution(before, 4 * filters, 1, stride), active=True))
            before = 4 * filters
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, classes))
