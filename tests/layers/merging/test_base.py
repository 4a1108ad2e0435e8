"""What every merging layer asks of its inputs."""

from __future__ import annotations

import pytest
import torch

from tests.layers.merging.checks import ELEMENTWISE
from torchkeras_compat import layers


@pytest.mark.parametrize("name", [*ELEMENTWISE, "Concatenate"])
def test_a_single_tensor_is_not_a_list(name: str) -> None:
    with pytest.raises(ValueError, match=r"list.*\(2, 3\)"):
        getattr(layers, name)()(torch.zeros(2, 3))
