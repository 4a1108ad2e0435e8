"""``tf.profiler.experimental``: traces of what runs, by torch's profiler, for TensorBoard."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.errors import AlreadyExistsError, UnavailableError
from torchkeras_compat.dialects.tensorflow.io.gfile import local


class ProfilerOptions:
    """Settings of a trace; torch's profiler has no such levels.

    Args:
        host_tracer_level: Nothing to decide.
        python_tracer_level: 0 or 1: whether calls of Python are in the trace.
        device_tracer_level: 0 or 1: whether what runs on a GPU is in the trace.
        delay_ms: Only None.
    """

    def __init__(
        self,
        host_tracer_level: int = 2,
        python_tracer_level: int = 0,
        device_tracer_level: int = 1,
        delay_ms: int | None = None,
    ) -> None:
        if delay_ms is not None:
            raise ValueError("`delay_ms` must be None: call `start` later.")
        self.host_tracer_level = host_tracer_level
        self.python_tracer_level = python_tracer_level
        self.device_tracer_level = device_tracer_level


_running: list[tuple[Any, str]] = []


def start(logdir: Any, options: ProfilerOptions | None = None) -> None:
    """Begin a trace.

    Args:
        logdir: Directory into which :func:`stop` writes it.
        options: What is in the trace.

    Raises:
        AlreadyExistsError: a trace is running.
    """
    if _running:
        raise AlreadyExistsError("Another profiler is running.")
    chosen = options or ProfilerOptions()
    activities = [torch.profiler.ProfilerActivity.CPU]
    if chosen.device_tracer_level and torch.cuda.is_available():
        activities.append(torch.profiler.ProfilerActivity.CUDA)
    profile = torch.profiler.profile(activities=activities, with_stack=bool(chosen.python_tracer_level))
    profile.start()
    _running.append((profile, local(logdir)))


def stop(save: bool = True) -> None:
    """End the trace and write it as ``<logdir>/<time>.pt.trace.json``.

    Args:
        save: Whether to write it.

    Raises:
        UnavailableError: no trace is running.
    """
    if not _running:
        raise UnavailableError("Cannot export profiling results. No profiler is running.")
    profile, logdir = _running.pop()
    profile.stop()
    if save:
        os.makedirs(logdir, exist_ok=True)
        profile.export_chrome_trace(os.path.join(logdir, f"{time.time_ns()}.pt.trace.json"))


class Profile:
    """A context that is traced.

    Args:
        logdir: Directory for the trace.
        options: What is in the trace.
    """

    def __init__(self, logdir: Any, options: ProfilerOptions | None = None) -> None:
        self._logdir = logdir
        self._options = options

    def __enter__(self) -> None:
        start(self._logdir, self._options)

    def __exit__(self, *exc_info: object) -> None:
        stop()


@contextlib.contextmanager
def Trace(name: str, **kwargs: Any) -> Iterator[None]:
    """Return a context that has a name in the trace.

    Args:
        name: Name, as ``"train"``.
        **kwargs: Numbers that are added to it, as ``step_num=3``.
    """
    label = " ".join([name, *(f"{key}={value}" for key, value in kwargs.items())])
    with torch.profiler.record_function(label):
        yield
