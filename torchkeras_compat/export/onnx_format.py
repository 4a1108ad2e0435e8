"""`.onnx` files, written by `torch.onnx` from a program of `torch.export`."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from torchkeras_compat.export.converters import converter
from torchkeras_compat.export.onnx_operations import translations
from torchkeras_compat.export.program import any_number_of_steps, outputs_of, traced
from torchkeras_compat.export.signature import names_of, unique
from torchkeras_compat.saving.atomic import written_whole

ENDING = ".onnx"
INSTALL = "pip install 'torchkeras-compat[onnx]'   # or: pip install onnx onnxscript"
_LARGEST_MESSAGE = 2**31 - 2**20  # of protobuf; weights of larger models lie in a file of their own


def export_onnx(
    model: Any, path: str, arguments: tuple[Any, ...], verbose: bool = False, opset_version: int | None = None
) -> None:
    """Write a model as ONNX.

    Inputs and outputs have Keras's names: those of the inputs of a functional model, keys of a dict, else ``input_0``
    and ``output_0`` by position. Axes of any size are called ``batch`` and ``dim_0_1``, by input and axis.

    Args:
        model: Model, built.
        path: Name of the file.
        arguments: `Spec`s of its positional arguments.
        verbose: Whether `torch.onnx` prints what it does.
        opset_version: Version of ONNX's operations; None for that of `torch.onnx`.

    Raises:
        ImportError: onnx or onnxscript is not installed.
        ValueError: ``opset_version`` is not a version, or an axis cannot have any size.
        RuntimeError: the model cannot be traced, or has an operation that ONNX has not.
    """
    converter("ONNX", ("onnx", "onnxscript"), INSTALL)
    if opset_version is not None and (
        isinstance(opset_version, bool) or not isinstance(opset_version, int) or opset_version < 1
    ):
        raise ValueError(
            "`opset_version` is the version of ONNX's operations, a positive int such as 18. Received:"
            f" opset_version={opset_version!r}"
        )
    write_onnx(traced(model, arguments), path, arguments, verbose, opset_version)


def write_onnx(
    program: ExportedProgram,
    path: str,
    arguments: tuple[Any, ...],
    verbose: bool = False,
    opset_version: int | None = None,
) -> None:
    """Write a program as ONNX; see :func:`export_onnx`."""
    inputs = names_of(arguments)
    outputs = unique([*inputs, *outputs_of(program)])[len(inputs) :]
    with _quietly(verbose), any_number_of_steps():
        try:
            written = torch.onnx.export(
                program,
                input_names=inputs,
                output_names=outputs,
                opset_version=opset_version,
                dynamo=True,
                verbose=verbose,
                custom_translation_table=translations(),
            )
        except torch.onnx.errors.OnnxExporterError as error:
            raise RuntimeError(f"`torch.onnx` cannot write the model: {_cause(error)}") from error
    assert written is not None
    _name_axes(written.model, arguments)
    size = sum(t.nbytes for t in {**program.state_dict, **program.constants}.values() if isinstance(t, torch.Tensor))
    with written_whole(path, lambda: size) as temporary, _quietly(verbose):
        is_large = size > _LARGEST_MESSAGE
        written.save(temporary, external_data=is_large)
        if is_large:
            with written_whole(f"{path}.data", lambda: size) as data:
                os.replace(Path(f"{temporary}.data"), data)


def _name_axes(model: Any, arguments: tuple[Any, ...]) -> None:
    """Give the axes of any size the names that Keras gives them."""
    import onnx_ir  # it comes with onnxscript

    names: dict[str, str] = {}
    for position, (value, spec) in enumerate(zip(model.graph.inputs, pytree.tree_leaves(arguments))):
        for axis, size in enumerate(spec.shape):
            if size is None and isinstance(value.shape[axis], onnx_ir.SymbolicDim):
                names.setdefault(str(value.shape[axis].value), "batch" if axis == 0 else f"dim_{position}_{axis}")
    values = [*model.graph.inputs, *(value for node in model.graph.all_nodes() for value in node.outputs)]
    for value in values:
        if value.shape is not None:
            value.shape = onnx_ir.Shape(
                [
                    names.get(str(size.value), size) if isinstance(size, onnx_ir.SymbolicDim) else size
                    for size in value.shape
                ]
            )


@contextlib.contextmanager
def _quietly(verbose: bool) -> Iterator[None]:
    """Keep what `torch.onnx` says of itself, such as that torchvision is not there, from the user."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    with warnings.catch_warnings():
        if not verbose:
            log.setLevel(logging.ERROR)
            warnings.simplefilter("ignore")
        try:
            yield
        finally:
            log.setLevel(before)


def _cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
