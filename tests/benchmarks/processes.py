"""The processes of the engines, seen from the one that asks them."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from .engines.table import Engine

ROOT = Path(__file__).parents[2]


class EngineFailed(Exception):
    """A process has ended, has taken too long, or has answered with an error."""


class Unsupported(Exception):
    """An engine has no such measure."""


class Process:
    """A process with one engine, which lives until it is closed.

    Args:
        engine: What runs in it.
        python: Interpreter of the environment that has the engine.
        environment: Further variables of the process.
        patience: Seconds after which an answer comes no more, and the process is ended.
    """

    def __init__(
        self, engine: Engine, python: str, environment: Mapping[str, str] | None = None, patience: float = 900
    ) -> None:
        self.patience = patience
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [python, "-m", "tests.benchmarks.worker", engine.module, engine.variant],
            cwd=ROOT,
            env={**os.environ, **engine.environment, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        try:
            self.first = self._answer()
        except EngineFailed:
            self.close()
            raise

    def __enter__(self) -> Process:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def prepare(self, measure: str, arguments: Mapping[str, Any]) -> None:
        """Make a measure ready; what was prepared before is dropped first."""
        self._ask({"forget": True})
        self._ask({"prepare": measure, "arguments": dict(arguments)})

    def round(self) -> dict[str, float]:
        """Run what was prepared once, and return its figures."""
        return self._ask({"round": True})

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            print(json.dumps(request), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise EngineFailed(self._last_words()) from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        timer = threading.Timer(self.patience, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        if not line:
            raise EngineFailed(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "unsupported" in answer:
            raise Unsupported(answer["unsupported"])
        if "error" in answer:
            raise EngineFailed(answer["error"])
        return answer

    def _last_words(self) -> str:
        code = self._process.wait()
        self._errors.seek(0)
        return f"the process has ended with {code}:\n{self._errors.read()[-2000:]}"
