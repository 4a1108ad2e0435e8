"""Layers of images: how many images a second they transform, beside Keras's and, where installed, torchvision's."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import torch

from . import measure

BATCH, SIZE = 32, 224
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.1},
    "RandomCrop": {"height": 192, "width": 192},
    "RandomContrast": {"factor": 0.3},
    "RandomErasing": {"factor": 1.0},
    "RandomGaussianBlur": {"factor": 1.0},
    "RandomElasticTransform": {"factor": 1.0, "scale": 0.5},
    "Equalization": {},
    "MixUp": {},
    "RandAugment": {},
}
# torchvision transforms one image at a time, as a data loader has it.
_TORCHVISION: dict[str, Callable[[Any], Any]] = {
    "RandomFlip": lambda v2: v2.Compose([v2.RandomHorizontalFlip(), v2.RandomVerticalFlip()]),
    "RandomRotation": lambda v2: v2.RandomRotation(36, interpolation=v2.InterpolationMode.BILINEAR),
    "RandomCrop": lambda v2: v2.RandomCrop(192),
    "RandomContrast": lambda v2: v2.ColorJitter(contrast=0.3),
    "RandomErasing": lambda v2: v2.RandomErasing(0.5),
    "RandomGaussianBlur": lambda v2: v2.GaussianBlur(3),
    "RandomElasticTransform": lambda v2: v2.ElasticTransform(),
    "Equalization": lambda v2: v2.RandomEqualize(1.0),
    "RandAugment": lambda v2: v2.RandAugment(),
}
NAMES = list(_ARGUMENTS)


def images_per_second(name: str, repeats: int, with_keras: bool) -> dict[str, float]:
    """Return the rate of each library that has the layer, in training mode."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    images = torch.rand(BATCH, SIZE, SIZE, 3, device=device) * 255
    runs: dict[str, Callable[[], Any]] = {}
    for who in ["ours", *(["keras"] if with_keras else [])]:
        layer = getattr(measure.package(who).layers, name)(**_ARGUMENTS[name])
        runs[who] = lambda layer=layer: layer(images, training=True)
    if name in _TORCHVISION and importlib.util.find_spec("torchvision") is not None:
        v2 = importlib.import_module("torchvision.transforms.v2")
        transform = _TORCHVISION[name](v2)
        each = list(images.to(torch.uint8).movedim(-1, 1).contiguous())
        runs["torchvision"] = lambda: torch.stack([transform(image) for image in each])
    return {who: BATCH / seconds for who, seconds in measure.medians(runs, repeats).items()}
