"""Updates of sharded weights (DTensors), with the numbers of whole ones."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import distributed

from torchkeras_compat import optimizers
from torchkeras_compat.optimizers.replayable import why_not_replayable

pytestmark = pytest.mark.skipif(not distributed.is_available(), reason="torch was built without torch.distributed")

NAMES = ["Adam", "SGD", "RMSprop", "Ftrl", "Lamb", "Adagrad", "Adadelta", "Adamax", "Nadam", "Lion", "Muon"]


@pytest.fixture(scope="module")
def mesh() -> Iterator[Any]:
    from torch.distributed.device_mesh import init_device_mesh  # imports 0.5 s of torch

    with tempfile.NamedTemporaryFile() as store:
        distributed.init_process_group("gloo", init_method=f"file://{store.name}", rank=0, world_size=1)
        try:
            yield init_device_mesh("cpu", (1,))
        finally:
            distributed.destroy_process_group()


def updated(optimizer: Any, whole: Any) -> torch.Tensor:
    weight = torch.nn.Parameter(whole(torch.linspace(-1.0, 1.0, 8).reshape(4, 2)))
    optimizer.build([weight])
    for step in range(3):
        weight.grad = whole(torch.linspace(1.0, 2.0, 8).reshape(4, 2) * 4 * (step + 1))
        optimizer.step()
    assert (why_not_replayable(optimizer) is None) == (type(weight.data) is torch.Tensor)
    return weight.detach()


@pytest.mark.parametrize("is_scaled", [False, True], ids=["", "scaled"])
@pytest.mark.parametrize("name", NAMES)
def test_sharded_weights_are_updated_like_whole_ones(mesh, name, is_scaled):
    from torch.distributed.tensor import Shard, distribute_tensor

    def make() -> Any:
        inner = getattr(optimizers, name)(0.1, global_clipnorm=2.0)
        return optimizers.LossScaleOptimizer(inner, initial_scale=4.0) if is_scaled else inner

    sharded: Any = updated(make(), lambda t: distribute_tensor(t, mesh, [Shard(0)]))
    torch.testing.assert_close(sharded.full_tensor(), updated(make(), lambda t: t), rtol=1e-6, atol=1e-6)
