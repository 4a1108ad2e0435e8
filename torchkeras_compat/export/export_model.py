"""`Model.export`: a model as a program that runs without this package."""

from __future__ import annotations

import os
from typing import Any

from torchkeras_compat.errors import nearest
from torchkeras_compat.export.litert_format import export_litert
from torchkeras_compat.export.onnx_format import export_onnx
from torchkeras_compat.export.openvino_format import export_openvino
from torchkeras_compat.export.saved_model_format import export_saved_model
from torchkeras_compat.export.signature import given_signature, signature_of
from torchkeras_compat.export.torch_format import export_torch
from torchkeras_compat.optimizers.modes import weights_to_use

_WRITERS: dict[str, Any] = {
    "tf_saved_model": export_saved_model,
    "onnx": export_onnx,
    "openvino": export_openvino,
    "litert": export_litert,
    "torch": export_torch,
}
_ENDINGS = {".pt2": "torch", ".onnx": "onnx", ".xml": "openvino", ".tflite": "litert"}


def export_model(
    model: Any,
    filepath: str | os.PathLike[str],
    format: str = "tf_saved_model",
    verbose: bool | None = None,
    input_signature: Any = None,
    **kwargs: Any,
) -> None:
    """Write a model for inference; see `Model.export`."""
    path = os.fspath(filepath)
    if not isinstance(format, str) or format not in _WRITERS:
        raise ValueError(
            f"Unrecognized format={format!r}. Supported formats are: {list(_WRITERS)}.{nearest(str(format), _WRITERS)}"
        )
    if format == "tf_saved_model":
        format = _ENDINGS.get(os.path.splitext(path)[1], format)
    for name in ("is_static", "jax2tf_kwargs"):
        if kwargs.pop(name, None) is not None:
            raise ValueError(f"`{name}` is for models of JAX, whose converter to TensorFlow takes it. Leave it out.")
    # Built or not is said first, whatever the signature.
    known = signature_of(model) if input_signature is None or not model.built else None
    arguments = known if known is not None else given_signature(input_signature, model)
    _check_options(format, kwargs)
    if format == "onnx":
        kwargs["verbose"] = bool(verbose)
    with weights_to_use(model):
        _WRITERS[format](model, path, arguments, **kwargs)
    if verbose is not False:
        print(f"Saved artifact at '{path}'.")


def _check_options(format: str, options: dict[str, Any]) -> None:
    known = {"onnx": ["opset_version"], "tf_saved_model": [], "openvino": []}.get(format)
    unknown = [name for name in options if known is not None and name not in known]
    if unknown:
        raise ValueError(
            f"Unsupported arguments for `format={format!r}`: {unknown}. Supported"
            f" {'is' if known else 'are'} {known or 'none'}.{nearest(unknown[0], known or ())}"
        )
