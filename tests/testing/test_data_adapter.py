"""Checks of data adapters: each one catches the defect that was planted for it, and good adapters pass all."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch

from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.data.arrays import ArraysAdapter
from torchkeras_compat.data.generator import GeneratorAdapter
from torchkeras_compat.data.torch_loader import TorchLoaderAdapter
from torchkeras_compat.testing import check_data_adapter
from torchkeras_compat.testing.check import CHECKS, run_checks
from torchkeras_compat.testing.data_adapter import DataAdapterSubject


class Lines(Adapter):
    """Without defect: three batches of numbers."""

    num_batches = 3
    batch_size = 2
    partial_batch_size = 1

    def __init__(self, device="cpu"):
        self.device = device

    def epoch(self):
        for start in (0, 2, 4):
            x = torch.arange(start, min(start + 2, 5), dtype=torch.float32, device=self.device)[:, None]
            yield x, x[:, 0], None


class YieldsPairs(Lines):
    def epoch(self):
        for x, y, _ in super().epoch():
            yield x, y, np.ones(len(x))


class Miscounts(Lines):
    num_batches = 4


class EmptiesItself(Lines):
    seen = 0

    def epoch(self):
        for batch in super().epoch():
            yield batch
            self.seen += 1
            if self.seen > 3:
                return


class ReusesItsBuffer(Lines):
    def epoch(self):
        buffer = torch.zeros(2, 1, device=self.device)
        for x, y, _ in super().epoch():
            buffer[: len(x)] = x
            yield buffer[: len(x)], y, None


class GoesOnWhereItWas(Lines):
    iterator = None

    def epoch(self):
        if self.iterator is None:
            self.iterator = super().epoch()
        yield from self.iterator
        self.iterator = None


class StaysOnTheCpu(Lines):
    def __init__(self, device="cpu"):
        super().__init__("cpu")


def planted(adapter: type) -> functools.partial:
    return functools.partial(DataAdapterSubject, adapter)


DEFECTS = {
    "batches": planted(YieldsPairs),
    "counts": planted(Miscounts),
    "epochs": planted(EmptiesItself),
    "stability": planted(ReusesItsBuffer),
    "abandoned": planted(GoesOnWhereItWas),
    "devices": planted(StaysOnTheCpu),
}


def loader(device: str = "cpu") -> TorchLoaderAdapter:
    data = torch.utils.data.TensorDataset(torch.zeros(5, 2), torch.zeros(5))
    return TorchLoaderAdapter(torch.utils.data.DataLoader(data, batch_size=2), device=device)


def generator(device: str = "cpu") -> GeneratorAdapter:
    return GeneratorAdapter(((np.ones((2, 3)), np.ones(2)) for _ in range(3)), device=device)


GOOD = {
    "an adapter of one's own": (Lines, {}),
    "arrays": (ArraysAdapter, {"x": torch.zeros(5, 2), "y": torch.zeros(5), "batch_size": 2}),
    "a DataLoader": (loader, {}),
    "a generator": (generator, {}),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    results = run_checks(DEFECTS[name]())
    assert [result.check for result in results.failed] == [name], "\n".join(map(str, results.failed))


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["data adapter"])


@pytest.mark.parametrize("name", GOOD)
def test_a_good_adapter_passes(name: str) -> None:
    adapter, arguments = GOOD[name]
    assert len(check_data_adapter(adapter, arguments=arguments)) == len(CHECKS["data adapter"])


def test_what_can_be_read_only_once_is_read_once() -> None:
    results = check_data_adapter(generator)
    assert {r.check for r in results.skipped} == {"epochs", "abandoned"}
