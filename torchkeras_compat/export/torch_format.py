"""`.pt2` files: programs of `torch.export`, which `torch.export.load` reads without this package."""

from __future__ import annotations

import inspect
import io
import os
import warnings
from typing import Any

import torch

from torchkeras_compat.errors import nearest
from torchkeras_compat.export.program import traced
from torchkeras_compat.saving.atomic import written_whole

ENDING = ".pt2"


def export_torch(model: Any, path: str, arguments: tuple[Any, ...], **options: Any) -> None:
    """Write a model as a program of `torch.export`.

    Args:
        model: Model, built.
        path: Name that ends in ``.pt2``.
        arguments: `Spec`s of its positional arguments.
        options: Further arguments of `torch.export.export`: ``strict``, ``dynamic_shapes``, ...

    Raises:
        ValueError: the ending is another one, an option is unknown, or an axis cannot have any size.
        RuntimeError: `torch.export` cannot trace the model.

    Example:
        >>> import tempfile
        >>> from torchkeras_compat import Sequential, layers
        >>> path = f"{tempfile.mkdtemp()}/model.pt2"
        >>> Sequential([layers.Dense(2, input_dim=3)]).export(path, format="torch", verbose=False)
        >>> torch.export.load(path).module()(torch.ones(5, 3)).shape
        torch.Size([5, 2])
    """
    if not path.endswith(ENDING):
        raise ValueError(f"The name of a `torch.export` program ends in `{ENDING}`. Received: {path!r}")
    known = [
        name for name in inspect.signature(torch.export.export).parameters if name not in ("mod", "args", "kwargs")
    ]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise ValueError(
            f'Unsupported arguments for `format="torch"`: {unknown}. Supported are those of `torch.export.export`:'
            f" {sorted(known)}.{nearest(unknown[0], known)}"
        )
    if options.get("dynamic_shapes") is not None:
        options["dynamic_shapes"] = _for_arguments(options["dynamic_shapes"], model, len(arguments))
    elif "dynamic_shapes" in options:
        del options["dynamic_shapes"]
    write_program(traced(model, arguments, **options), path)


def _for_arguments(shapes: Any, model: Any, count: int) -> Any:
    """Return ``dynamic_shapes`` as `torch.export` takes them; those of the only argument may come alone."""
    if (
        count == 1
        and isinstance(shapes, dict)
        and not shapes.keys() <= inspect.signature(model.forward).parameters.keys()
    ):
        return (shapes,)
    return tuple(shapes) if isinstance(shapes, list) else shapes


def write_program(program: torch.export.ExportedProgram, path: str | os.PathLike[str]) -> None:
    """Write one program; it appears whole or not at all."""
    whole = io.BytesIO()  # torch ends the process when the disk is full
    with warnings.catch_warnings():
        # Kernels in channels_last order are whole, though not contiguous.
        warnings.filterwarnings("ignore", message="No complete tensor found")
        torch.export.save(program, whole)
    with written_whole(path, lambda: whole.getbuffer().nbytes) as temporary:
        temporary.write_bytes(whole.getbuffer())
