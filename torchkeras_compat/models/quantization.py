"""`model.quantize`: each layer of a model that can quantizes its weights."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.calibration.block_calibration import calibrate
from torchkeras_compat.models.calibration.methods import METHODS
from torchkeras_compat.user_warnings import warn_user


def quantize_layers(model: Any, mode: str, config: Any, filters: Any, type_check: bool) -> None:
    """Quantize the layers of a model that hold no others; for GPTQ and AWQ those in its blocks.

    Args:
        model: Model, built.
        mode: Mode of ``config``.
        config: `QuantizationConfig`.
        filters: Which layers; see :func:`chooser`.
        type_check: Passed on to the layers.

    Raises:
        ValueError: ``filters`` is of another type, or a layer is quantized already.
    """
    chosen = chooser(filters)
    if mode in METHODS:
        calibrate(model, config, chosen, type_check)
        return
    layers = [layer for layer in model._flatten_layers() if not any(True for _ in layer._children())]
    for layer in layers:
        if not chosen(layer):
            continue
        try:
            layer.quantize(mode, type_check=type_check, config=config)
        except NotImplementedError as error:
            if layer.weights:
                warn_user(str(error))


def chooser(filters: Any) -> Callable[[Layer], bool]:
    """Return the function that says whether a layer is meant.

    Args:
        filters: Regular expression found in the names of the layers that are meant, a list of them, a function of a
            layer, or None for all.

    Raises:
        ValueError: ``filters`` is none of these.

    Example:
        >>> chooser(["dense", "output"])(Layer(name="dense_1"))
        True
    """
    if filters is None:
        return lambda layer: True
    if callable(filters):
        choose: Callable[[Layer], bool] = filters
        return choose
    patterns = [filters] if isinstance(filters, str) else filters
    if not isinstance(patterns, (list, tuple)) or not all(isinstance(p, str) for p in patterns):
        raise ValueError(
            "The `filters` argument must be a regex string, a list of regex strings, or a callable. Received:"
            f" {filters!r} of type {type(filters)}"
        )
    return lambda layer: any(re.search(pattern, layer.name) for pattern in patterns)
