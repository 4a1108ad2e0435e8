"""``python -m tests.benchmarks.plugin_start``: what 50 installed plugins add to the import, and to a first question.

Times are those of the processor, and the smallest of several processes, so that other work counts little.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

MODULE = """\
from torchkeras_compat import losses

class Loss{i}(losses.Loss):
    def call(self, y_true, y_pred):
        return abs(y_true - y_pred).mean(-1)

def torchkeras_losses():
    return {{"Loss{i}": Loss{i}}}
"""

CODE = """\
import sys, time, torch
t = time.process_time()
import torchkeras_compat as keras
bare = time.process_time() - t
t = time.process_time()
from torchkeras_compat import Input, Sequential, layers, losses, metrics, optimizers
imported = time.process_time() - t
t = time.process_time()
model = Sequential([Input((4,)), layers.Dense(3, "relu"), layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
built = time.process_time() - t
t = time.process_time()
try:
    losses.get("loss_49")
except ValueError:
    pass
asked = time.process_time() - t
print(bare, imported, built, asked, sum(name.startswith("fake_plugin_") for name in sys.modules))
"""


def install(folder: Path, count: int, module: str = MODULE) -> None:
    """Install plugins: modules, each with the `dist-info` that pip writes.

    Args:
        folder: Folder that will be on the path.
        count: Number of plugins.
        module: Source of each, with ``{i}`` for its number.
    """
    for i in range(count):
        (folder / f"fake_plugin_{i}.py").write_text(module.format(i=i))
        info = folder / f"fake_plugin_{i}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: fake-plugin-{i}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[torchkeras_compat]\nfake_{i} = fake_plugin_{i}\n")


def run(folder: Path) -> list[float]:
    """Return seconds of the import, the namespaces, a model, and a first question; and the number of plugins loaded."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
    for variable in ("TORCHKERAS_PLUGINS", "TORCHKERAS_PLUGINS_BLOCK"):
        environment.pop(variable, None)
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.plugin_start", description=__doc__)
    parser.add_argument("--count", type=int, default=50, help="plugins to install")
    parser.add_argument("--repeats", type=int, default=9, help="processes of which the smallest time is taken")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as full:
        folders = {"none": Path(empty), str(options.count): Path(full)}
        install(Path(full), options.count)
        times: dict[str, list[list[float]]] = {name: [] for name in folders}
        for turn in range(options.repeats + 1):  # in turns, so that a slow moment hits both; the first writes bytecode
            for name, folder in folders.items():
                found = run(folder)
                if turn:
                    times[name].append(found)
    least = {name: [min(column) for column in zip(*rows)] for name, rows in times.items()}
    columns = [
        "plugins installed",
        "import, ms",
        "namespaces, ms",
        "a model, ms",
        "first unknown name, ms",
        "loaded then",
    ]
    print("| " + " | ".join(columns) + " |\n" + "| ---: " * len(columns) + "|")
    for name, (*seconds, loaded) in least.items():
        print(f"| {name} | " + " | ".join(f"{t * 1e3:.1f}" for t in seconds) + f" | {loaded:.0f} |")
    more = [(b - a) * 1e3 for a, b in zip(least["none"], least[str(options.count)])]
    print(f"\nThe import takes {more[0]:+.1f} ms, all namespaces {more[1]:+.1f} ms, a model {more[2]:+.1f} ms.")


if __name__ == "__main__":
    main()
