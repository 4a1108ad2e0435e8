"""OpenVINO's `.xml` and `.bin` files, written by openvino from a program of `torch.export`."""

from __future__ import annotations

import os
import warnings
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from torchkeras_compat.export.converters import converter
from torchkeras_compat.export.program import outputs_of, traced
from torchkeras_compat.export.signature import names_of
from torchkeras_compat.saving.atomic import written_whole

ENDING = ".xml"
INSTALL = "pip install openvino"
_TOLERANCE = 1e-2


def export_openvino(model: Any, path: str, arguments: tuple[Any, ...]) -> None:
    """Write a model as OpenVINO's intermediate representation: ``.xml``, and the weights in ``.bin`` beside it.

    Args:
        model: Model, built.
        path: Name that ends in ``.xml``.
        arguments: `Spec`s of its positional arguments.

    Raises:
        ImportError: openvino is not installed.
        ValueError: the ending is another one.
        RuntimeError: openvino cannot convert the model, or what it converts computes something else.
    """
    if not path.endswith(ENDING):
        raise ValueError(f"The OpenVINO export requires the filepath to end with '{ENDING}'. Received: {path!r}")
    openvino = converter("OpenVINO", ("openvino",), INSTALL)[0]
    program = traced(model, arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            converted = openvino.convert_model(program)
        except Exception as error:
            raise RuntimeError(f"OpenVINO cannot convert the model: {_facts(error)}") from error
    specs = pytree.tree_leaves(arguments)
    for port, name, spec in zip(converted.inputs, names_of(arguments), specs):
        port.get_node().set_friendly_name(name)
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(openvino.PartialShape([-1 if s is None else s for s in spec.shape]))
    for port, name in zip(converted.outputs, outputs_of(program)):
        port.get_tensor().set_names({name})
    converted.validate_nodes_and_infer_types()
    _check_numbers(openvino, converted, program, specs)
    weights = f"{path.removesuffix(ENDING)}.bin"
    size = sum(t.nbytes for t in program.state_dict.values())
    with written_whole(path, lambda: size) as temporary, written_whole(weights, lambda: size) as data:
        openvino.save_model(converted, os.fspath(temporary), compress_to_fp16=False)
        os.replace(temporary.with_suffix(".bin"), data)


def _check_numbers(openvino: Any, converted: Any, program: ExportedProgram, specs: list[Any]) -> None:
    """Run what was converted: the converter takes some integer operations for others, and does not say so."""
    example = program.example_inputs
    assert example is not None
    with torch.no_grad():
        wanted = pytree.tree_leaves(program.module()(*example[0]))
    compiled = openvino.compile_model(converted, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = compiled([x.cpu().numpy() for x in pytree.tree_leaves(example)]).values()
    for theirs, ours in zip(found, wanted):
        ours = ours.detach().cpu().double()
        scale = max(1.0, float(ours.abs().max())) if ours.numel() else 1.0
        worst = float((torch.as_tensor(theirs).double() - ours).abs().max()) if ours.numel() else 0.0
        if not worst <= _TOLERANCE * scale:
            raise RuntimeError(
                f"OpenVINO's converter gives a model that computes something else: outputs differ by {worst:.3g}. It"
                " does not know all quantized operations. Export `format='onnx'`, which OpenVINO reads too."
            )


def _facts(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip().startswith("-- ") or "operation" in line]
    return " ".join(lines[:3])[:400] or str(error)[:400]
