"""``torchkeras-compat mlflow runs``: the runs of an experiment in a table, best first."""

from __future__ import annotations

import argparse
import datetime
import sys
from typing import Any

_FIRST = ("val_loss", "loss")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Show what MLflow has logged."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    runs = actions.add_parser("runs", help="list the runs of an experiment, best first")
    runs.add_argument("--experiment", metavar="NAME", default="Default", help="experiment (default: Default)")
    runs.add_argument("--tracking-uri", metavar="URI", help="store, such as sqlite:///mlflow.db (default: MLflow's)")
    runs.add_argument("--metric", metavar="NAME", help="metric to order by (default: val_loss, or loss)")
    runs.add_argument("--max", action="store_true", help="larger is better (default: smaller)")
    runs.add_argument("-n", "--number", metavar="N", type=int, default=20, help="most runs to list (default: 20)")
    runs.set_defaults(command=list_runs)


def list_runs(given: argparse.Namespace) -> int:
    """Print a table of runs and return the exit status."""
    import mlflow

    if given.number < 1:
        print(f"torchkeras-compat mlflow runs: --number must be positive. Received: {given.number}", file=sys.stderr)
        return 2
    client = mlflow.MlflowClient(given.tracking_uri)
    experiment = client.get_experiment_by_name(given.experiment)
    if experiment is None:
        known = ", ".join(sorted(one.name for one in client.search_experiments())) or "none"
        print(f"There is no experiment {given.experiment!r} in this store. Known: {known}.", file=sys.stderr)
        return 2
    metric = given.metric or _usual_metric(client, experiment.experiment_id)
    order = [f"metrics.`{metric}` {'DESC' if given.max else 'ASC'}", "attributes.start_time DESC"]
    found = client.search_runs([experiment.experiment_id], order_by=order, max_results=given.number)
    if not found:
        print(f"The experiment {given.experiment!r} has no runs.")
        return 0
    _print_table([("RUN", "NAME", "STATUS", "STARTED", metric.upper()), *(_row(run, metric) for run in found)])
    return 0


def _usual_metric(client: Any, experiment_id: str) -> str:
    logged: set[str] = set().union(*(run.data.metrics for run in client.search_runs([experiment_id])))
    return next((name for name in _FIRST if name in logged), _FIRST[-1])


def _row(run: Any, metric: str) -> tuple[str, ...]:
    started = datetime.datetime.fromtimestamp(run.info.start_time / 1000).strftime("%Y-%m-%d %H:%M")
    value = run.data.metrics.get(metric)
    shown = "-" if value is None else f"{value:.6g}"
    return run.info.run_id, run.info.run_name or "-", run.info.status, started, shown


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[-1]]))
