"""`fit` in a group of processes: a warning where each would train a model of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

PROGRAM = """
import os, sys, warnings
import numpy as np, torch
import torch.distributed as dist
import torchkeras_compat as keras

rank, size, store = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=size)
x = np.full((8, 2), rank + 1, "float32")

class Averaging(keras.Sequential):
    def train_step(self, data):
        return super().train_step(data)

def average(parameter):
    dist.all_reduce(parameter.grad)

keras.utils.set_random_seed(0)
kind = Averaging if sys.argv[4] == "own step" else keras.Sequential
inner = torch.nn.Linear(2, 1)
layers = [torch.nn.parallel.DistributedDataParallel(inner)] if sys.argv[4] == "ddp inside" else [keras.layers.Dense(1)]
model = kind([keras.Input((2,)), *layers])
if sys.argv[4] == "hooks":
    for parameter in model.parameters():
        parameter.register_post_accumulate_grad_hook(average)
model.compile("sgd", "mse")
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    model.fit(x, x[:, :1], epochs=3, batch_size=2, verbose=0)
for warning in seen:
    if "process group" in str(warning.message):
        print("WARNED", str(warning.message), warning.filename == sys.argv[0])
weights = [torch.empty_like(p) for p in [next(model.parameters())] for _ in range(size)]
dist.all_gather(weights, next(model.parameters()).detach())
print("EQUAL", all(torch.equal(weights[0], w) for w in weights))
dist.barrier()
dist.destroy_process_group()
sys.stdout.flush()
os._exit(0)  # past the ends of objects that hold the group: its threads may still run there, and abort the process
"""


def outputs(tmp_path: Path, size: int, kind: str) -> list[str]:
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM))
    command = [sys.executable, str(program)]
    running = [
        subprocess.Popen(
            [*command, str(rank), str(size), str(tmp_path / "store"), kind],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(size)
    ]
    found = [process.communicate(timeout=900)[0] for process in running]
    assert all(process.returncode == 0 for process in running), found
    return found


@pytest.mark.slow
def test_processes_that_train_models_of_their_own_are_warned_once(tmp_path: Path) -> None:
    for text in outputs(tmp_path, 2, "plain"):
        assert text.count("WARNED") == 1
        assert "process group of 2 and exchanges no gradients" in text
        assert "DistributedDataParallel" in text and "True" in text.splitlines()[0]
        assert "EQUAL False" in text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ddp inside", "hooks", "own step"])
def test_what_may_synchronize_is_not_warned_of(tmp_path: Path, kind: str) -> None:
    for text in outputs(tmp_path, 2, kind):
        assert "WARNED" not in text
        assert f"EQUAL {kind != 'own step'}" in text


@pytest.mark.slow
def test_a_process_alone_is_not_warned(tmp_path: Path) -> None:
    assert "WARNED" not in outputs(tmp_path, 1, "plain")[0]
