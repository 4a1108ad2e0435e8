"""Streaming to a device, with a stand-in for CUDA's streams."""

from __future__ import annotations

import contextlib

import pytest
import torch

from torchkeras_compat.data import transfer


class Leaf:
    """A stand-in for a tensor that writes down what is done to it."""

    device = torch.device("cpu")

    def __init__(self, events, name):
        self.events, self.name = events, name

    def is_pinned(self):
        return False

    def pin_memory(self):
        self.events.append(f"pin {self.name}")
        return self

    def to(self, device, non_blocking):
        self.events.append(f"copy {self.name} {non_blocking} on {self.events.stream}")
        return self

    def record_stream(self, stream):
        self.events.append(f"record {self.name} on {stream.name}")


class Events(list):
    stream = "main"


class FakeCuda:
    def __init__(self, events):
        self.events = events

    class _Stream:
        def __init__(self, name, events):
            self.name, self.events = name, events

        def wait_stream(self, other):
            self.events.append(f"{self.name} waits for {other.name}")

    def Stream(self, device):
        return self._Stream("side", self.events)

    def current_stream(self, device):
        return self._Stream("main", self.events)

    @contextlib.contextmanager
    def stream(self, stream):
        self.events.stream = stream.name
        yield
        self.events.stream = "main"


def test_copies_run_one_batch_ahead_on_a_stream_of_their_own():
    events = Events()
    copier = transfer.CudaCopier(torch.device("cuda:0"), backend=FakeCuda(events))
    batches = transfer.stream_to_device(([Leaf(events, i)] for i in range(3)), copier)
    next(batches)
    events.append("step 0")
    assert events == [
        "pin 0",
        "copy 0 True on side",
        "pin 1",
        "copy 1 True on side",
        "main waits for side",
        "record 0 on main",
        "step 0",
    ]
    assert [[leaf.name for leaf in batch] for batch in batches] == [[1], [2]]


def test_nothing_is_taken_ahead_when_it_is_not_asked_for():
    taken = []

    def source():
        for i in range(3):
            taken.append(i)
            yield [torch.tensor(i)]

    batches = transfer.stream_to_device(source(), transfer.DirectCopier(torch.device("cpu")), ahead=0)
    next(batches)
    assert taken == [0]


def test_only_a_part_of_the_free_memory_is_used(monkeypatch):
    monkeypatch.setattr(transfer, "free_memory", lambda device: 1000)
    cuda = torch.device("cuda:0")
    assert transfer.fits(400, cuda) and not transfer.fits(401, cuda)
    monkeypatch.undo()
    assert transfer.fits(10**15, torch.device("cpu"))


@pytest.mark.cuda
def test_a_streamed_batch_is_whole_while_the_device_computes():
    device = torch.device("cuda:0")
    source = ([torch.full((1000, 1000), float(i))] for i in range(20))
    for i, [leaf] in enumerate(transfer.stream_to_device(source, transfer.copier_for(device))):
        (leaf @ leaf).sum()
        assert leaf.device == device and bool((leaf == i).all())
