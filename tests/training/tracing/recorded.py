"""Programs of small functions, recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.training.tracing.program import Program
from torchkeras_compat.training.tracing.recorder import Recorder


def record(function: Callable[..., Any], *inputs: torch.Tensor) -> Program:
    """Return the program of a function of tensors that returns a tuple of tensors."""
    with Recorder(inputs) as recorder:
        outputs = function(*inputs)
    program = recorder.program(dict(enumerate(outputs)))
    assert program is not None, recorder.refusal
    return program


def names(program: Program) -> list[str]:
    """Names of its operations."""
    return [op.function._schema.name.removeprefix("aten::") for op in program.ops]
