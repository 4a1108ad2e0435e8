"""Copies from the device that a stand-in for CUDA records: what waits for what, and which memory they go into."""

from __future__ import annotations

import contextlib

import pytest
import torch

from torchkeras_compat.data.read_back import CudaReader, reader_for

DEVICE = torch.device("cpu")  # where the stand-in's tensors lie


class Backend:
    """Streams and events that write down what they are asked."""

    def __init__(self):
        self.log = []

    def Stream(self, device):
        return Stream(self, "side")

    def current_stream(self, device):
        return Stream(self, "current")

    def stream(self, stream):
        self.log.append(f"on {stream.name}")
        return contextlib.nullcontext()

    def Event(self):
        return Event(self)


class Stream:
    def __init__(self, backend, name):
        self.backend, self.name = backend, name

    def wait_stream(self, other):
        self.backend.log.append(f"{self.name} waits for {other.name}")


class Event:
    def __init__(self, backend):
        self.backend = backend

    def record(self, stream):
        self.backend.log.append(f"record on {stream.name}")

    def synchronize(self):
        self.backend.log.append("synchronize")


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    monkeypatch.setattr(torch.Tensor, "record_stream", lambda leaf, stream: made.log.append("keep for copy"))
    return made


def test_only_the_second_half_waits_for_the_device(backend):
    reader = CudaReader(DEVICE, backend, pins=False)
    ticket = reader.start([torch.ones(2), torch.zeros(3)])
    assert backend.log == ["side waits for current", "on side", "keep for copy", "keep for copy", "record on side"]
    assert [leaf.tolist() for leaf in reader.finish(ticket)] == [[1.0, 1.0], [0.0, 0.0, 0.0]]
    assert backend.log[-1] == "synchronize"


def test_two_buffers_take_turns_and_a_smaller_batch_uses_a_part(backend):
    reader = CudaReader(DEVICE, backend, pins=False)
    places, values = [], []
    for size, value in ((4, 1.0), (4, 2.0), (4, 3.0), (2, 4.0)):
        [copy] = reader.finish(reader.start([torch.full((size, 3), value)]))
        places.append(copy.data_ptr())
        values.append(copy.tolist())
    assert places[0] == places[2] != places[1] == places[3]
    assert values == [[[1.0] * 3] * 4, [[2.0] * 3] * 4, [[3.0] * 3] * 4, [[4.0] * 3] * 2]


def test_outputs_of_other_sizes_and_dtypes_get_room_of_their_own(backend):
    reader = CudaReader(DEVICE, backend, pins=False)
    for leaf in (
        torch.ones(2),
        torch.ones(2),
        torch.ones(5),
        torch.ones(2, dtype=torch.int64),
        torch.ones(()),
        torch.ones(0),
    ):
        [copy] = reader.finish(reader.start([leaf]))
        assert (copy.dtype, copy.shape) == (leaf.dtype, leaf.shape)
        assert torch.equal(copy, leaf)


def test_what_does_not_lie_on_the_device_is_handed_on(backend):
    reader = CudaReader(torch.device("cuda"), backend, pins=False)
    leaves = [torch.ones(2), "text", None]
    assert all(a is b for a, b in zip(reader.finish(reader.start(leaves)), leaves, strict=True))


def test_the_gradient_graph_of_outputs_is_left(backend):
    reader = CudaReader(DEVICE, backend, pins=False)
    [copy] = reader.finish(reader.start([torch.ones(2, requires_grad=True) * 2]))
    assert not copy.requires_grad


def test_only_cuda_reads_behind():
    assert reader_for(torch.device("cpu")) is None
    assert reader_for(torch.device("mps")) is None


@pytest.mark.cuda
def test_batches_come_back_from_a_real_device():
    reader = reader_for(torch.device("cuda"))
    tickets = [reader.start([torch.full((3, 2), float(i), device="cuda")]) for i in range(2)]
    for i, ticket in enumerate(tickets):
        [copy] = reader.finish(ticket)
        assert copy.is_pinned()
        assert copy.tolist() == [[float(i)] * 2] * 3
