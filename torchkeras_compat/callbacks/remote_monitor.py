"""`RemoteMonitor`: the logs of every epoch sent to a server."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.user_warnings import warn_user


class RemoteMonitor(Callback):
    """Posts the logs of every epoch to ``root + path``; needs the package ``requests``.

    Args:
        root: Address of the server.
        path: Where on it.
        field: Form field that holds the JSON text, without ``send_as_json``.
        headers: HTTP headers.
        send_as_json: Whether the body itself is JSON.

    Raises:
        ImportError: ``requests`` is not installed, when training begins.

    Example:
        >>> RemoteMonitor(send_as_json=True).root
        'http://localhost:9000'

    Source: Keras API, callbacks/remote_monitor.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_train_begin(self, logs: Logs | None = None) -> None:
        _requests()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        requests = _requests()
        content: dict[str, Any] = {"epoch": epoch, **{name: _plain(value) for name, value in (logs or {}).items()}}
        body: dict[str, Any] = {"json": content} if self.send_as_json else {"data": {self.field: json.dumps(content)}}
        try:
            requests.post(self.root + self.path, headers=self.headers, **body)
        except requests.exceptions.RequestException as error:
            warn_user(
                f"Could not reach RemoteMonitor root server at {self.root}: {type(error).__name__}. Training goes on."
            )


def _requests() -> Any:
    try:
        import requests  # optional, and used by nothing else
    except ImportError as error:
        raise ImportError(
            "RemoteMonitor needs the package `requests`. Install it: pip install requests, or torchkeras-compat[remote]"
        ) from error
    return requests


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.size == 1):
        return value.item()
    return value.tolist() if isinstance(value, np.ndarray) else value
