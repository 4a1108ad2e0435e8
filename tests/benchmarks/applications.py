"""Models of `applications` beside torchvision's of the same name where installed, else beside plain modules."""

from __future__ import annotations

import importlib.util
import time
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import measure
from .models import Case, adam, images_to_channels_last

CLASSES = 10
SIZE = 64
BATCH = 8


def cases() -> dict[str, Case]:
    """The models, each with its plain twin."""
    return {
        f"{name}, {SIZE}x{SIZE} images, batch {BATCH}": Case(
            lambda keras, name=name: _keras(keras, name),
            lambda name=name: plain(name).to(memory_format=torch.channels_last),
            F.cross_entropy,
            adam,
            _data,
            BATCH,
            images_to_channels_last,
        )
        for name in ("MobileNetV2", "ResNet50")
    }


def plain(name: str) -> nn.Module:
    """The torch module: torchvision's, else one of the same layers and strides."""
    if importlib.util.find_spec("torchvision") is not None:
        import torchvision

        return torchvision.models.get_model(name.lower().replace("netv2", "net_v2"), num_classes=CLASSES)
    return _mobilenet_v2() if name == "MobileNetV2" else _resnet50()


def predictions(name: str, with_keras: bool, calls: int = 9) -> list[float]:
    """Return seconds of the outputs for a batch: of the plain module, of ``predict`` here and in Keras."""
    case = next(case for title, case in cases().items() if title.startswith(name))
    x, _ = case.data()
    x = x[:BATCH]
    module, images = case.plain().eval(), case.prepare(x)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    module = module.to(device)

    def plainly() -> Any:
        with torch.inference_mode():
            return module(images.to(device)).cpu().numpy()

    functions = {"plain": plainly}
    for who in ("ours", *(["keras"] if with_keras else [])):
        model = case.keras(measure.package(who))
        functions[who] = lambda model=model: model.predict(x, batch_size=BATCH, verbose=0)
    return list(measure.medians(functions, calls).values())


def seconds_to_build(name: str, who: str) -> float:
    """Return the shortest of three times to build a model."""
    build = getattr(measure.package(who).applications, name)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        build(weights=None)
        times.append(time.perf_counter() - start)
    return min(times)


def _keras(keras: Any, name: str) -> Any:
    model = getattr(keras.applications, name)(weights=None, input_shape=(SIZE, SIZE, 3), classes=CLASSES)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def _data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=(2 * BATCH, SIZE, SIZE, 3)).astype("float32"), random.integers(0, CLASSES, 2 * BATCH)


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


def _mobilenet_v2() -> nn.Module:
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
    return nn.Sequential(*parts, nn.Linear(1280, CLASSES))


def _resnet50() -> nn.Module:
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
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, CLASSES))
