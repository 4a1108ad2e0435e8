"""LiteRT's `.tflite` files, written by litert-torch."""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.errors import nearest
from torchkeras_compat.export.converters import converter, is_installed
from torchkeras_compat.export.program import Endpoint
from torchkeras_compat.layers.layer.modes import switched
from torchkeras_compat.saving.atomic import written_whole

ENDING = ".tflite"
INSTALL = "pip install litert-torch"


def export_litert(model: Any, path: str, arguments: tuple[Any, ...], **options: Any) -> None:
    """Write a model for LiteRT. Axes of any size are fixed at 1, as Keras does: LiteRT's operations have fixed sizes.

    Args:
        model: Model, built.
        path: Name that ends in ``.tflite``.
        arguments: `Spec`s of its positional arguments.
        options: ``optimizations`` (``"DEFAULT"``, ``"OPTIMIZE_FOR_SIZE"``, ``"OPTIMIZE_FOR_LATENCY"`` or those of
            ``tf.lite.Optimize``), and further arguments of ``litert_torch.convert``.

    Raises:
        ImportError: litert-torch is not installed.
        ValueError: the ending is another one, or an option is unknown.
        RuntimeError: litert-torch cannot convert the model.
    """
    if not path.endswith(ENDING):
        raise ValueError(f"The LiteRT export requires the filepath to end with '{ENDING}'. Received: {path!r}")
    package = "ai_edge_torch" if is_installed("ai_edge_torch") and not is_installed("litert_torch") else "litert_torch"
    with _jax_as_it_is():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what its own imports warn about
            litert = converter("LiteRT", (package,), INSTALL)[0]
        chosen = _options(options, litert)
        examples = pytree.tree_map(
            lambda spec: torch.ones([1 if s is None else s for s in spec.shape], dtype=spec.dtype), arguments
        )
        # A copy on the CPU: the converter knows no other device, and the model stays where it is.
        devices = {t.device.type for t in model.state_dict().values() if isinstance(t, torch.Tensor)}
        module = model if devices <= {"cpu"} else _on_cpu(model)
        said = io.StringIO()
        with (
            switched(module, False),
            warnings.catch_warnings(),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            warnings.simplefilter("ignore")
            try:
                converted = litert.convert(Endpoint(module, [module]).eval(), examples, **chosen)
            except Exception as error:
                raise RuntimeError(
                    "litert-torch cannot convert the model, which may have operations that it does not know, or"
                    f" depend on the values of tensors. It says: {type(error).__name__}: {str(error)[:500]}"
                ) from error
        with written_whole(path) as temporary:
            converted.export(os.fspath(temporary))
            if options.get("optimizations"):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    _quantize(temporary, options["optimizations"])


def _on_cpu(model: Any) -> Any:
    return copy.deepcopy(model).cpu()


def _options(options: dict[str, Any], litert: Any) -> dict[str, Any]:
    known = set(inspect.signature(litert.convert).parameters) - {"module", "sample_args", "sample_kwargs"}
    unknown = sorted(set(options) - known - {"optimizations"})
    if unknown:
        raise ValueError(
            f"Unsupported arguments for `format='litert'`: {unknown}. Supported are"
            f" {sorted(known | {'optimizations'})}.{nearest(unknown[0], known | {'optimizations'})}"
        )
    chosen = {name: value for name, value in options.items() if name in known}
    return chosen


def _quantize(path: Path, optimizations: Any) -> None:
    """Write int8 weights instead, which is what each of TensorFlow Lite's optimizations does by default."""
    known = ("DEFAULT", "OPTIMIZE_FOR_SIZE", "OPTIMIZE_FOR_LATENCY")
    names = {x if isinstance(x, str) else getattr(x, "name", str(x)) for x in optimizations}
    if not names <= set(known):
        raise ValueError(f"`optimizations` is a list of {list(known)}. Received: {optimizations!r}")
    quantizer, recipe = converter(
        "A quantized LiteRT", ("ai_edge_quantizer.quantizer", "ai_edge_quantizer.recipe"), INSTALL
    )
    task = quantizer.Quantizer(os.fspath(path))
    task.load_quantization_recipe(recipe.dynamic_wi8_afp32())
    path.write_bytes(task.quantize().quantized_model)


@contextlib.contextmanager
def _jax_as_it_is() -> Iterator[None]:
    """Put JAX's switch for 64 bits back, which litert-torch turns on when it is imported."""
    before = sys.modules["jax"].config.jax_enable_x64 if "jax" in sys.modules else False
    try:
        yield
    finally:
        if "jax" in sys.modules:
            sys.modules["jax"].config.update("jax_enable_x64", before)
