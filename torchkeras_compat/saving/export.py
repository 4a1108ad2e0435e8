"""`Model.export`: a model as a program that runs without this package."""

from __future__ import annotations

import io
import os
import warnings
from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.errors import NotBuiltError
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import switched
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

FORMATS = ("torch",)


def export_model(model: Any, path: str | os.PathLike[str], format: str = "torch", input_signature: Any = None) -> None:
    """Write a model as a program of `torch.export`, which ``torch.export.load`` reads without this package.

    Args:
        model: Model, built.
        path: Name that ends in ``.pt2``.
        format: ``"torch"``.
        input_signature: Shapes (None for axes of any size), `InputSpec`, KerasTensors or tensors, one for each input;
            None for the inputs that the model knows.

    Raises:
        ValueError: the format or the ending is another one, or the inputs are not known.

    Example:
        >>> import tempfile
        >>> from torchkeras_compat import Sequential, layers
        >>> path = f"{tempfile.mkdtemp()}/model.pt2"
        >>> export_model(Sequential([layers.Dense(2, input_dim=3)]), path)
        >>> torch.export.load(path).module()(torch.ones(5, 3)).shape
        torch.Size([5, 2])
    """
    path = os.fspath(path)
    if format not in FORMATS:
        raise ValueError(
            f"Unrecognized format={format!r}. Supported is one of {FORMATS}: a `torch.export` program. For ONNX use"
            " `torch.onnx.export`, which takes the model as it is."
        )
    if not path.endswith(".pt2"):
        raise ValueError(f"The name of a `torch.export` program ends in `.pt2`. Received: {path!r}")
    if not model.built:
        raise NotBuiltError("The model is not built. Call it on data, or `build(input_shape)`, before `export`.")
    specs = [_spec(x) for x in _inputs(model, input_signature)]
    device = next((p.device for p in model.parameters()), None)
    examples = [
        torch.zeros([2 if s is None else s for s in shape], dtype=dtype, device=device) for shape, dtype in specs
    ]
    dynamic = [{i: torch.export.Dim.AUTO for i, size in enumerate(shape) if size is None} for shape, _ in specs]
    is_single = not _takes_structure(model) or len(examples) == 1
    arguments: Any = tuple(examples) if is_single else (examples,)
    with switched(model, False), torch.no_grad():
        # Layers take `*args`, which to `torch.export` is one argument that holds the others.
        shapes = (tuple(dynamic) if is_single else (dynamic,),)
        program = torch.export.export(model, arguments, dynamic_shapes=shapes, strict=False)
    _forget_paths(program)
    whole = io.BytesIO()  # torch ends the process when the disk is full
    with warnings.catch_warnings():
        # Kernels in channels_last order are whole, though not contiguous.
        warnings.filterwarnings("ignore", message="No complete tensor found")
        torch.export.save(program, whole)
    with written_whole(path, lambda: whole.getbuffer().nbytes) as temporary:
        temporary.write_bytes(whole.getbuffer())


def _forget_paths(program: torch.export.ExportedProgram) -> None:
    """Take out the lines of code that made each operation: they name folders of this computer, and its user."""
    for module in program.graph_module.modules():
        for node in module.graph.nodes if isinstance(module, torch.fx.GraphModule) else ():
            node.meta.pop("stack_trace", None)


def _takes_structure(model: Any) -> bool:
    """Whether several inputs come as one list."""
    return isinstance(model, Layer) and model._is_graph


def _inputs(model: Any, signature: Any) -> list[Any]:
    if signature is not None:
        return list(signature) if isinstance(signature, (list, tuple)) and not _is_shape(signature) else [signature]
    if _takes_structure(model):
        return list(model.inputs)
    shapes = model.get_build_config() or {}
    shape = shapes.get("input_shape")
    if shape is None or not _is_shape(shape):
        raise ValueError(
            "The shapes of the inputs are not known. Pass `input_signature`: a list of shapes, one for each input,"
            " with None for axes of any size."
        )
    return [(None, *shape[1:])]


def _is_shape(x: Any) -> bool:
    return isinstance(x, (list, tuple)) and all(s is None or isinstance(s, int) for s in x)


def _spec(x: Any) -> tuple[tuple[int | None, ...], torch.dtype]:
    if isinstance(x, (KerasTensor, InputSpec)):
        if x.shape is None:
            raise ValueError(f"An entry of `input_signature` has no shape: {x!r}")
        return tuple(x.shape), to_torch_dtype(x.dtype or None)
    if isinstance(x, torch.Tensor):
        return (None, *x.shape[1:]), x.dtype
    if _is_shape(x):
        return tuple(x), to_torch_dtype(None)
    raise ValueError(f"An entry of `input_signature` is a shape, an InputSpec or a tensor. Received: {x!r}")
