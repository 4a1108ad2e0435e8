"""What GPTQ and AWQ gather of the inputs of a layer, and the integers that they choose from it."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.quantizers.awq import awq_quantize
from torchkeras_compat.quantizers.gptq import gptq_quantize


class GPTQ:
    """The sum of ``x' x`` over the inputs ``x`` of a layer.

    Args:
        config: `GPTQConfig`.
    """

    def __init__(self, config: Any) -> None:
        self.config = config
        self.gathered: torch.Tensor | None = None

    def add(self, rows: torch.Tensor) -> None:
        """Take inputs, ``(samples, features)``."""
        rows = rows.float()
        product = rows.t() @ rows
        self.gathered = product if self.gathered is None else self.gathered.add_(product)

    def quantize(self, weights: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return what `CalibratedProduct.calibrate` takes, of weights ``(units, features)``."""
        config = self.config
        assert self.gathered is not None
        return gptq_quantize(
            weights,
            self.gathered,
            config.weight_bits,
            config.group_size,
            config.symmetric,
            config.per_channel,
            config.activation_order,
            config.hessian_damping,
        )


class AWQ:
    """The largest absolute inputs of a layer.

    Args:
        config: `AWQConfig`.
    """

    def __init__(self, config: Any) -> None:
        self.config = config
        self.gathered: torch.Tensor | None = None

    def add(self, rows: torch.Tensor) -> None:
        """Take inputs, ``(samples, features)``."""
        found = rows.float().abs().amax(0)
        self.gathered = found if self.gathered is None else torch.maximum(self.gathered, found)

    def quantize(self, weights: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return what `CalibratedProduct.calibrate` takes, of weights ``(units, features)``."""
        assert self.gathered is not None
        return awq_quantize(weights, self.gathered, self.config.group_size, self.config.num_grid_points)


METHODS: dict[str, type[GPTQ] | type[AWQ]] = {"gptq": GPTQ, "awq": AWQ}
