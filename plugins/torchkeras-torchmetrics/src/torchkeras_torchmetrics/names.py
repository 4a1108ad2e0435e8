"""The public names of the torchmetrics that is installed, read without importing it: that takes more than a second."""

from __future__ import annotations

import ast
import functools
import importlib.util
from pathlib import Path

# The parts of torchmetrics whose metrics compare predictions with targets, as tensors. Others need strings, boxes,
# queries or other metrics.
AREAS = (
    "classification",
    "regression",
    "segmentation",
    "image",
    "audio",
    "clustering",
    "nominal",
    "shape",
)
# Making one only makes it: no model is downloaded, no file read.
SAFE_AREAS = ("classification", "regression", "segmentation", "clustering", "nominal", "shape")
OTHERS = {"Perplexity": "torchmetrics.text:Perplexity"}


@functools.cache
def places() -> dict[str, str]:
    """Return the classes by name: ``{"MulticlassF1Score": "torchmetrics.classification:MulticlassF1Score", ...}``."""
    spec = importlib.util.find_spec("torchmetrics")
    if spec is None or spec.origin is None:
        return {}
    found: dict[str, str] = {}
    for area in AREAS:
        file = Path(spec.origin).parent / area / "__init__.py"
        for name in _listed(file) if file.is_file() else ():
            if name[:1].isupper():
                found.setdefault(name, f"torchmetrics.{area}:{name}")
    return {**found, **OTHERS}


def is_safe(place: str) -> bool:
    """Return whether a file may make metrics of this class."""
    return place.partition(":")[0].removeprefix("torchmetrics.") in SAFE_AREAS


def _listed(file: Path) -> list[str]:
    """Return the names that a module puts into ``__all__``."""
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                names += [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)]
    return names
