"""What an engine is asked in its process: each measure prepares something, and returns what one round does and finds.

Figures are ``seconds`` (of the whole, or per step where the measure says so) and ``memory`` (MiB).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import augmentation, files
from .clock import seconds_of
from .memory import peak
from .workloads import ALL, Workload, shortened

Round = Callable[[], dict[str, float]]
WARM_UP = 60  # steps before the first round that counts, in the same process: engines compile or record meanwhile


def step(engine: Any, workload: Workload) -> Round:
    """Seconds per step of an epoch of ``fit``, in the steady state."""
    fit = engine.fitting(engine.model(workload), workload, workload.data())
    for _ in range(max(3, -(-WARM_UP // workload.steps))):
        fit()
    return lambda: {"seconds": fit() / workload.steps}


def first_step(engine: Any, workload: Workload) -> Round:
    """Seconds of the first step of a new model, in a process that has trained others."""
    one = shortened(workload, steps=1)
    data = one.make(one.batch)

    def first() -> dict[str, float]:
        return {"seconds": engine.fitting(engine.model(one), one, data)()}

    first()
    return first


def from_scratch(engine: Any, workload: Workload) -> Round:
    """Seconds to build and compile a model, and of its first epoch; the process adds the import."""

    def once() -> dict[str, float]:
        data = workload.data()
        start = time.perf_counter()
        model = engine.model(workload)
        built = time.perf_counter() - start
        return {"build": built, "epoch": engine.fitting(model, workload, data)()}

    return once


def build(engine: Any, workload: Workload) -> Round:
    """Seconds to build and compile a model."""
    engine.model(workload)
    return lambda: {"seconds": seconds_of(lambda: engine.model(workload), engine.synchronize)}


def predict_one(engine: Any, workload: Workload, calls: int = 20) -> Round:
    """Seconds of ``predict`` of one sample."""
    x, _ = workload.make(1)
    predict = engine.predicting(engine.model(workload), workload)

    def some() -> dict[str, float]:
        return {"seconds": seconds_of(lambda: [predict(x) for _ in range(calls)]) / calls}

    some()
    return some


def predict_all(engine: Any, workload: Workload) -> Round:
    """Seconds of ``predict`` of all data after a first call, and how far it raises memory."""
    x, _ = workload.data()
    predict = engine.predicting(engine.model(workload), workload)
    predict(x[: 2 * workload.batch])

    def once() -> dict[str, float]:
        with peak() as memory:
            seconds = seconds_of(lambda: predict(x), engine.synchronize)
        return {"seconds": seconds, **memory}

    return once


def training_memory(engine: Any, workload: Workload) -> Round:
    """How far a model and two epochs raise memory."""

    def once() -> dict[str, float]:
        data = workload.data()
        with peak() as memory:
            fit = engine.fitting(engine.model(workload), workload, data)
            fit(), fit()
        return dict(memory)

    return once


def everyday(engine: Any, workload: Workload) -> Round:
    """Seconds of an epoch with two metrics, class weights, validation and callbacks."""
    epoch = engine.everyday(workload)
    for _ in range(3):
        epoch()
    return lambda: {"seconds": epoch()}


def write_model(engine: Any, workload: Workload, path: str) -> Round:
    """Save a trained model for `load`."""
    model = engine.model(workload)
    one = shortened(workload, steps=1)
    engine.fitting(model, one, one.make(one.batch))()
    return lambda: {"seconds": seconds_of(lambda: engine.save(model, path))}


def load(engine: Any, workload: Workload, path: str) -> Round:
    """Seconds to load a model that `write_model` saved."""
    engine.load(path, workload)
    return lambda: {"seconds": seconds_of(lambda: engine.load(path, workload))}


def augment(engine: Any, name: str, batch: int) -> Round:
    """Seconds of a layer of images, for one batch."""
    transform = engine.augmenting(name, augmentation.images(batch), augmentation.ARGUMENTS[name])
    transform()
    return lambda: {"seconds": seconds_of(transform, engine.synchronize)}


def file(engine: Any, name: str, action: str, path: str) -> Round:
    """Seconds and memory to save a model, or to load it."""
    return lambda: files.figures(engine.keras, name, action, path)


def started(engine: Any) -> Round:
    """Nothing: the import is what counts, where there is one that of the package alone, too."""
    return lambda: {"package": engine.seconds_to_import} if hasattr(engine, "seconds_to_import") else {}


MEASURES: dict[str, Callable[..., Round]] = {
    measure.__name__: measure
    for measure in (
        step,
        first_step,
        from_scratch,
        build,
        predict_one,
        predict_all,
        training_memory,
        everyday,
        write_model,
        load,
        augment,
        file,
        started,
    )
}


def prepare(engine: Any, measure: str, arguments: dict[str, Any]) -> Round:
    """Prepare a measure; a workload comes by its name in `ALL`, with at most so many ``steps`` and ``rows``."""
    given = dict(arguments)
    if "workload" in given:
        given["workload"] = shortened(ALL[given["workload"]], given.pop("steps", None), given.pop("rows", None))
    return MEASURES[measure](engine, **given)
