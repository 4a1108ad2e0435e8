"""The memory that a model takes is counted whatever torch calls its storages."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.errors import FileLimitError
from torchkeras_compat.saving import memory_budget
from torchkeras_compat.saving.file_limits import FileLimits
from torchkeras_compat.saving.memory_budget import MemoryBudget


@pytest.mark.parametrize("has_address", [True, False])
def test_memory_is_counted_once_and_given_back(monkeypatch, has_address):
    if not has_address:  # as in a version of torch that names it otherwise

        class Renamed:
            def __init__(self, storage):
                self.data_ptr = storage.data_ptr

        real = memory_budget._address
        monkeypatch.setattr(memory_budget, "_address", lambda storage: real(Renamed(storage)))
    with MemoryBudget("a", None, FileLimits(bytes_without_weights=10**6)) as budget:
        kept = torch.zeros(50_000)
        views = [kept[1:], kept.view(2, -1)]
        assert budget.used == 200_000
        other = torch.ones(50_000)
        assert budget.used == 400_000
        del kept, views
        assert budget.used == 200_000
        with pytest.raises(FileLimitError, match="asks for 1,200,000 bytes of memory"):
            torch.zeros(250_000)
        del other
        assert budget.used == 0
