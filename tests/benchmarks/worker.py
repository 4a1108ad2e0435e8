"""``python -m tests.benchmarks.worker MODULE VARIANT``: the process of one engine, which answers requests.

A request is a line of JSON. ``{"prepare": MEASURE, "arguments": {...}}`` makes ready, ``{"round": true}`` runs what was
prepared once and answers its figures, ``{"forget": true}`` drops it. Between requests the process waits.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
import traceback
import warnings
from typing import Any


def main(module: str, variant: str) -> None:
    # What libraries print goes elsewhere: the channel is for answers alone.
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    start = time.perf_counter()
    engine: Any = None
    first: dict[str, Any] = {}
    try:
        engine = importlib.import_module(f"tests.benchmarks.engines.{module}").Engine(variant)
        first = {"import": time.perf_counter() - start, "versions": engine.versions()}
    except Exception:
        first = {"error": traceback.format_exc()}
    print(json.dumps(first), file=channel)
    prepared: Any = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer: dict[str, Any] = {}
            if "prepare" in request:
                from .measures import prepare

                prepared = prepare(engine, request["prepare"], request["arguments"])
            elif "round" in request:
                answer = prepared()
            else:
                prepared = None
                gc.collect()
        except Exception as error:
            kind = "unsupported" if type(error).__name__ == "Unsupported" else "error"
            answer = {kind: str(error) if kind == "unsupported" else traceback.format_exc()}
        print(json.dumps(answer), file=channel)


if __name__ == "__main__":
    main(*sys.argv[1:])
