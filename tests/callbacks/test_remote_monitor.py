"""Logs that are sent to a server."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from torchkeras_compat.callbacks.remote_monitor import RemoteMonitor


def test_remote_monitor_sends_plain_numbers(monkeypatch):
    posts = []
    errors = types.SimpleNamespace(RequestException=OSError)
    fake = types.SimpleNamespace(post=lambda *args, **kwargs: posts.append((args, kwargs)), exceptions=errors)
    monkeypatch.setitem(sys.modules, "requests", fake)
    RemoteMonitor(send_as_json=True).on_epoch_end(0, {"loss": np.float32(0.5), "a": np.arange(1), "b": np.arange(2)})
    RemoteMonitor().on_epoch_end(1, {"loss": 1.0})
    address = ("http://localhost:9000/publish/epoch/end/",)
    assert posts[0] == (address, {"headers": None, "json": {"epoch": 0, "loss": 0.5, "a": 0, "b": [0, 1]}})
    assert posts[1] == (address, {"headers": None, "data": {"data": '{"epoch": 1, "loss": 1.0}'}})

    def unreachable(*args, **kwargs):
        raise OSError("refused")

    fake.post = unreachable
    with pytest.warns(UserWarning, match="Could not reach RemoteMonitor root server at http://localhost:9000"):
        RemoteMonitor().on_epoch_end(1, {"loss": 1.0})
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(ImportError, match=r"pip install requests, or torchkeras-compat\[remote\]"):
        RemoteMonitor().on_train_begin()
