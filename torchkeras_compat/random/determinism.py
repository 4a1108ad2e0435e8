"""The same bits in every run: torch's deterministic operations, and which operations are not."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from torchkeras_compat.random.seeding import set_random_seed


@dataclass
class DeterminismReport:
    """What ran without a deterministic implementation.

    Attributes:
        operations: Names of torch's operations, in the order in which they ran first.
    """

    operations: list[str] = field(default_factory=list)

    @property
    def is_deterministic(self) -> bool:
        """Whether every operation had a deterministic implementation."""
        return not self.operations


@contextlib.contextmanager
def deterministic_operations(seed: int | None = None, strict: bool = False) -> Iterator[DeterminismReport]:
    """Let torch choose deterministic operations inside the scope, and report those that have no such implementation.

    On the CPU all operations of the layers are deterministic for one number of threads. On a GPU, torch then leaves
    out faster kernels; matrix products need the environment variable ``CUBLAS_WORKSPACE_CONFIG``, which is set here
    unless it is set already, and which counts only if no product was computed before.

    Args:
        seed: For `set_random_seed`; None to leave the random generators as they are.
        strict: Whether an operation without a deterministic implementation is an error of torch that names it. If not,
            it runs, and is reported.

    Returns:
        A context manager that gives the `DeterminismReport`, which fills while operations run.

    Raises:
        ValueError: ``seed`` is not an int from 0 to 2**32 - 1.
        RuntimeError: from the operation, with ``strict``.

    Example:
        >>> with deterministic_operations(seed=1) as report:
        ...     x = torch.rand(2)
        ...     _ = torch.zeros(3).put_(torch.tensor([0, 1]), x)
        >>> report.operations
        ['put_']

    Source: PyTorch documentation, notes/randomness and ``torch.use_deterministic_algorithms``.
    """
    if seed is not None:
        set_random_seed(seed)
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    benchmark = torch.backends.cudnn.benchmark
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    report = DeterminismReport()
    with warnings.catch_warnings():
        show = warnings.showwarning

        def note(message: Warning | str, *args: object) -> None:
            found = re.match(r"(\S+) does not have a deterministic implementation", str(message))
            if found is None:
                show(message, *args)  # type: ignore[arg-type]
            elif found[1] not in report.operations:
                report.operations.append(found[1])

        warnings.filterwarnings("always", r"\S+ does not have a deterministic implementation", UserWarning)
        warnings.showwarning = note  # type: ignore[assignment]
        torch.use_deterministic_algorithms(True, warn_only=not strict)
        torch.backends.cudnn.benchmark = False
        try:
            yield report
        finally:
            torch.use_deterministic_algorithms(before[0], warn_only=before[1])
            torch.backends.cudnn.benchmark = benchmark
