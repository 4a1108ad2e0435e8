"""`jit_compile=True` beside `torch.compile` of a plain module: time to compile, and steps after it."""

from __future__ import annotations

import time
from typing import Any

from . import measure
from .models import CASES

NAMES = ["network of the notes, 4-200-200-3, batch 20", "MLP, 784-512-512-10, dropout, batch 128"]


def figures(name: str, repeats: int) -> list[float]:
    """Return seconds of the first epoch and of a later one, for the plain module and for this package."""
    import torch
    import torch._inductor.config as inductor

    inductor.force_disable_caches = True  # what an earlier run compiled lies on disk
    case = CASES[name]
    keras = measure.package("ours")
    plain_case = type(case)(**{**vars(case), "plain": lambda: torch.compile(case.plain())})

    def made(package: Any) -> Any:
        model = case.keras(package)
        given = model.get_compile_config()
        model.compile(model.optimizer, given["loss"], jit_compile=True)
        return model

    compiled_case = type(case)(**{**vars(case), "keras": made})
    torch.compile(torch.nn.Linear(2, 2))(torch.ones(2, 2)).sum().backward()  # imports and workers of the compiler
    found = []
    for make in (lambda: measure.plain_epoch(plain_case), lambda: measure.keras_epoch(compiled_case, keras)):
        torch.compiler.reset()
        epoch = make()
        start = time.perf_counter()
        epoch()
        first = time.perf_counter() - start
        later = measure.medians({"epoch": epoch}, repeats)["epoch"]
        found += [first - later, later]
    return found
