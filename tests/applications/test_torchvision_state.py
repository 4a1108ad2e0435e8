"""Weights from a ``state_dict`` of torchvision: they land where they belong, or nothing is changed."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Sequential, layers
from torchkeras_compat.applications.torchvision_state import Part, load_state
from torchkeras_compat.errors import FileContentError

PARTS = {"conv": Part("features.0"), "norm": Part("features.1"), "dense": Part("classifier")}


class Network(nn.Module):
    """A network of torchvision's kind."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, eps=1e-3))
        self.classifier = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(x).mean((2, 3)))


def network() -> nn.Module:
    """One with moving statistics of its own, for evaluation."""
    made = Network().eval()
    for tensor in made.state_dict().values():
        if tensor.is_floating_point():
            tensor.uniform_(0.5, 1.5)
    return made


def model() -> Any:
    """The same here."""
    stack = [layers.Conv2D(4, 3, name="conv"), layers.BatchNormalization(name="norm")]
    stack += [layers.GlobalAveragePooling2D(), layers.Dense(2, name="dense")]
    return Sequential([layers.Input((8, 8, 3)), *stack])


@pytest.mark.parametrize("kind", ["mapping", "zip", "old"])
def test_the_outputs_are_those_of_the_torch_network(tmp_path: Path, kind: str) -> None:
    theirs, ours = network(), model()
    weights: Any = theirs.state_dict()
    if kind != "mapping":
        torch.save(weights, tmp_path / "a.pth", _use_new_zipfile_serialization=kind == "zip")
        weights = tmp_path / "a.pth"
    load_state(ours, weights, lambda: PARTS)
    x = torch.randn(2, 8, 8, 3)
    np.testing.assert_allclose(ours(x).detach(), theirs(x.permute(0, 3, 1, 2)).detach(), rtol=1e-5, atol=1e-5)


def test_a_part_may_be_converted() -> None:
    theirs, ours = network(), model()
    parts = {"dense": Part("classifier", lambda state: {k: v * 2 for k, v in state.items()})}
    load_state(ours, theirs.state_dict(), lambda: parts)
    assert torch.equal(ours.get_layer("dense").linear.weight, theirs.classifier.weight * 2)


def _without(state: dict[str, Any], *names: str) -> dict[str, Any]:
    return {k: v for k, v in state.items() if k not in names}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda s: {}, "holds a dict, and no `state_dict`"),
        (lambda s: [1, 2], "holds a list"),
        (lambda s: {"model": s}, "has OrderedDict under 'model' where a tensor"),
        (lambda s: _without(s, "classifier.bias"), "does not fit layer 'dense'"),
        (lambda s: _without(s, "classifier.bias", "classifier.weight"), "has no classifier.*: it is of another"),
        (lambda s: {**s, "classifier.bias": torch.zeros(3)}, "received {'weight': (2, 4), 'bias': (3,)}"),
        (lambda s: {**s, "classifier.bias": torch.zeros(2, dtype=torch.int64)}, "not floating point"),
        (lambda s: {**s, "classifier.extra": torch.zeros(2)}, "does not fit layer 'dense'"),
        (lambda s: {**s, "classifier.bias": torch.zeros(2, device="meta")}, "plain values, meta, under 'classifier.b"),
        (lambda s: {**s, "classifier.bias": torch.ones(2).to_sparse()}, "plain values, torch.sparse_coo, under"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changed(tmp_path: Path, change: Any, match: str) -> None:
    ours = model()
    before = ours.get_weights()
    torch.save(change(network().state_dict()), tmp_path / "a.pth")
    with pytest.raises(FileContentError, match=re.escape(match)):
        load_state(ours, tmp_path / "a.pth", lambda: PARTS)
    assert all(map(np.array_equal, ours.get_weights(), before))


def test_a_file_cannot_run_code(tmp_path: Path) -> None:
    torch.save({"classifier.weight": Path("a")}, tmp_path / "a.pth")
    with pytest.raises(FileContentError, match=r"a\.pth holds more than tensors, or is broken"):
        load_state(model(), tmp_path / "a.pth", lambda: PARTS)


def test_a_file_that_grows_when_it_is_unpacked_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data/0", bytes(8 << 20))
    with pytest.raises(FileContentError, match=r"'a/data/0' in .* grows from .* to 8,388,608 bytes"):
        load_state(model(), tmp_path / "a.pth", lambda: PARTS)


@pytest.mark.parametrize("data", [b"no weights", b"hello", b"", b"PK\3\4", b"\x80\x02."])
def test_a_broken_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.pth").write_bytes(data)
    with pytest.raises(FileContentError, match=r"a\.pth holds more than tensors, or is broken"):
        load_state(model(), tmp_path / "a.pth", lambda: PARTS)


@pytest.mark.filterwarnings("ignore:.torch.load. received a zip file")
def test_a_program_of_torch_is_refused(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, that it is deprecated
        torch.jit.save(torch.jit.script(nn.Linear(2, 2)), tmp_path / "a.pth")
    with pytest.raises(FileContentError, match=r"a\.pth holds more than tensors, or is broken"):
        load_state(model(), tmp_path / "a.pth", lambda: PARTS)
