"""The graph of a model, for TensorBoard."""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.layers.layer.modes import switched
from torchkeras_compat.serialization import serialize_keras_object


def write_layer_graph(writer: Any, model: Any) -> bool:
    """Write the layers of a Sequential or functional model, as TensorBoard's "conceptual graph" reads them.

    Returns:
        Whether there was something to write: other models have no description that tells how layers are connected.
    """
    description = _description(model)
    if description is None:
        return False
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata  # optional

    metadata = SummaryMetadata(plugin_data={"plugin_name": "graph_keras_model", "content": b"1"})
    value = Summary.Value(tag="keras", metadata=metadata)
    value.tensor.dtype = 7  # DT_STRING
    value.tensor.string_val.append(description.encode())
    value.tensor.tensor_shape.SetInParent()
    writer._get_file_writer().add_summary(Summary(value=[value]), 0)
    return True


class CallRecorder:
    """Remembers the inputs of the first call of a model, one sample of each, and lets go of the model then.

    Args:
        model: A ``torch.nn.Module``.
    """

    def __init__(self, model: Any) -> None:
        self.arguments: tuple[Any, ...] | None = None
        self._handle: Any = None
        if getattr(model, "jit_compile", False):  # the compiled call would compile the hook too, and then again
            _warn_no_graph(model, "it is compiled with jit_compile=True, and compiled code cannot be traced.")
            return
        self._handle = model.register_forward_pre_hook(self._record, with_kwargs=True)

    def _record(self, model: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        self.stop()
        self.arguments = tree.map_structure(
            lambda a: a.detach()[:1] if isinstance(a, torch.Tensor) and a.ndim else a, arguments
        )

    def stop(self) -> None:
        """Listen no more."""
        if self._handle is not None:
            self._handle.remove()


def write_operation_graph(writer: Any, model: Any, arguments: tuple[Any, ...]) -> None:
    """Write the torch operations that the model runs for ``arguments``, by tracing one call in inference mode.

    What the call changes in the model's buffers (states, counters) is undone. A model that cannot be traced is a
    warning: a picture is not a reason to stop training.
    """
    buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
    try:
        with (
            switched(model, False),
            torch.no_grad(),
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")  # `add_graph` traces with torch.jit, which says that it is old
            writer.add_graph(model, arguments, use_strict_trace=False)
    except Exception as error:
        _warn_no_graph(model, f"tracing it failed with {type(error).__name__}: {str(error).strip()[:200]}")
    finally:
        with torch.no_grad():
            for name, buffer in model.named_buffers():
                if name in buffers:
                    buffer.copy_(buffers[name])


def _warn_no_graph(model: Any, why: str) -> None:
    warnings.warn(
        f"TensorBoard shows no graph of the model '{getattr(model, 'name', type(model).__name__)}': {why} "
        "Pass `write_graph=False` to do without.",
        stacklevel=3,
    )


def _description(model: Any) -> str | None:
    """Return the class and the configuration of a model of connected layers as JSON; None for other models."""
    try:
        config = model.get_config()
        if "layers" not in config:
            return None
        return json.dumps(serialize_keras_object({"class_name": type(model).__name__, "config": config}))
    except (AttributeError, NotImplementedError, TypeError, ValueError):  # what cannot be stored can still be traced
        return None
