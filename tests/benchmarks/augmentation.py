"""Layers of images, and torchvision's transformations that do the same to one image at a time."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

from .clock import Unsupported

BATCH, SIZE = 32, 224
ARGUMENTS: dict[str, dict[str, Any]] = {
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


def images(batch: int = BATCH) -> np.ndarray:
    """Made-up images, ``(batch, height, width, channels)`` in [0, 255]."""
    return np.random.default_rng(0).random((batch, SIZE, SIZE, 3), dtype="float32") * 255


def torchvision_transform(name: str) -> Any:
    """Return torchvision's transformation of an image, where it has one."""
    if name not in _TORCHVISION or importlib.util.find_spec("torchvision") is None:
        raise Unsupported("torchvision is not installed, or has no such transformation")
    return _TORCHVISION[name](importlib.import_module("torchvision.transforms.v2"))
