"""The devices of this process: their names are those that `device` reads."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.device import parse_device
from torchkeras_compat.distribution import get_device_count, list_devices


def test_names_are_read_by_device_scopes() -> None:
    for kind in (None, "cpu", "gpu", "cuda", "CPU"):
        found = list_devices(kind)
        assert len(found) == get_device_count(kind)
        for name in found:
            parse_device(name)
    assert list_devices("cpu") == ["cpu:0"]
    assert list_devices("tpu") == []


def test_the_accelerator_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert list_devices() == list_devices("gpu") == ["gpu:0", "gpu:1"]


@pytest.mark.parametrize("kind", ["gqu", 3, ""])
def test_an_unknown_kind_is_refused(kind: object) -> None:
    with pytest.raises(ValueError, match=r"`device_type` must be .* Received: "):
        list_devices(kind)
