"""`plot` of Keras 1."""

from __future__ import annotations

import os
from typing import Any

from torchkeras_compat.utils.model_plot import plot_model


def plot(
    model: Any, to_file: str | os.PathLike[str] = "model.png", show_shapes: bool = False, show_layer_names: bool = True
) -> Any:
    """Draw a model into a picture file.

    Args:
        model: A built model.
        to_file: File to write.
        show_shapes: Whether boxes tell the shapes of inputs and outputs.
        show_layer_names: Whether boxes tell the names of layers.

    Raises:
        ImportError: ``pydot`` or Graphviz is not installed.
        ValueError: the model is not built.

    Example:
        >>> import pathlib, tempfile
        >>> from torchkeras_compat import Sequential, layers
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "model.dot"
        >>> _ = plot(Sequential([layers.Input((4,)), layers.Dense(2)]), file)
        >>> file.exists()
        True

    Source: Keras 1.2 API, utils/visualize_util.
    """
    return plot_model(model, to_file, show_shapes=show_shapes, show_layer_names=show_layer_names)
