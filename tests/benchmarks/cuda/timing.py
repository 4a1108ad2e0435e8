"""The table of speed: plain loops and ``fit``, interleaved round by round in one process."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial

import torch

from ..clock import Unsupported, seconds_of
from ..rounds import order
from ..spread import ratios, spread
from . import loops
from .budget import Budget
from .networks import Network, networks
from .report import COLUMNS, Row
from .setup import Setup

WARM_UP, ROUNDS = 3, 25
Round = Callable[[], object]


def rows(setup: Setup, budget: Budget) -> Iterator[Row]:
    """Measure one network after the other; each may use an equal part of the time that is left."""
    chosen = networks(setup.dry)
    for at, network in enumerate(chosen):
        yield measure(setup, network, budget.part(budget.left() / (len(chosen) - at)))
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def measure(setup: Setup, network: Network, budget: Budget) -> Row:
    """Return the row of a network, of as many rounds as there is time for, at least one."""
    data = network.workload.data()
    makers: dict[str, Callable[[], Round]] = {
        COLUMNS[0]: partial(loops.eager, network, data),
        COLUMNS[1]: partial(loops.captured, network, data),
        COLUMNS[2]: partial(_fitting, setup, network, data, run_eagerly=True),
        COLUMNS[3]: partial(_fitting, setup, network, data),
    }
    epochs, memory, failures = {}, {}, []
    for name, make in makers.items():
        try:
            epochs[name], memory[name] = _made(make, 1 if setup.dry else WARM_UP)
        except Unsupported:
            continue
        except Exception as error:
            failures.append(f"{name}: {type(error).__name__}: {' '.join(str(error).split())[:300]}")
    times: dict[str, list[float]] = {name: [] for name in epochs}
    for turn in range(2 if setup.dry else ROUNDS):
        if turn and not budget.left():
            break
        for name in order(list(epochs), turn):
            times[name].append(seconds_of(epochs[name], _synchronize) / network.workload.steps)
    base = times.get(COLUMNS[0])
    return Row(
        network.title,
        network.workload.batch,
        {name: spread(values) for name, values in times.items()},
        {name: ratios(values, base) for name, values in times.items() if base and name != COLUMNS[0]},
        memory,
        tuple(failures),
    )


def _fitting(setup: Setup, network: Network, data: loops.Data, **options: bool) -> Round:
    with setup.policy(network.policy):
        model = network.keras(setup.keras, **options)
    x, y = data
    return lambda: model.fit(x, y, batch_size=network.workload.batch, epochs=1, verbose=0)


def _made(make: Callable[[], Round], warm_up: int) -> tuple[Round, float]:
    """Return a round after its first ones, and how many MiB they took on the GPU at the peak."""
    before = 0
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
    epoch = make()
    for _ in range(warm_up):
        epoch()
    peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
    return epoch, (peak - before) / 2**20


def _synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
