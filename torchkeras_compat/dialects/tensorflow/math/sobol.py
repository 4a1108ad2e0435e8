"""Points that fill the unit cube evenly."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import integer
from torchkeras_compat.dtypes.names import to_torch_dtype


@tensor_function
def sobol_sample(
    dim: Any, num_results: Any, skip: Any = 0, dtype: Any = "float32", name: str | None = None
) -> torch.Tensor:
    """Return points of the Sobol sequence, ``(num_results, dim)``, without the first ``skip + 1``.

    Raises:
        ValueError: ``dim`` is not a positive number that torch's engine knows directions for.

    Source: Joe and Kuo 2008; ``torch.quasirandom.SobolEngine``.
    """
    engine = torch.quasirandom.SobolEngine(integer(dim, "dim"))  # type: ignore[no-untyped-call]
    engine.fast_forward(integer(skip, "skip") + 1)  # type: ignore[no-untyped-call]
    count = integer(num_results, "num_results")
    return engine.draw(count, dtype=torch.float64).to(current_device(), to_torch_dtype(dtype))
