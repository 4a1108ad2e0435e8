"""Arrays on disk are never read whole: a process of its own trains on them and watches its memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from torchkeras_compat.data.make_adapter import make_adapter

PROGRAM = """
import json, sys
import h5py, numpy as np, torch
from torchkeras_compat import callbacks, layers, models

torch.set_num_threads(1)

def anonymous():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024

class Watch(callbacks.Callback):
    peak = 0

    def on_train_batch_end(self, batch, logs=None):
        self.peak = max(self.peak, anonymous())

model = models.Sequential([layers.Input((1024,)), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.zeros((64, 1024), "float32"), np.zeros(64), verbose=0)  # what the first step allocates is not the data's
result = {}
for kind, path in (("memmap", sys.argv[1]), ("hdf5", sys.argv[2])):
    x = np.memmap(path, "float32", "r").reshape(-1, 1024) if kind == "memmap" else h5py.File(path)["x"]
    before, watch = anonymous(), Watch()
    shuffle = True if kind == "memmap" else "batch"
    model.fit(x, np.zeros(len(x)), batch_size=1000, shuffle=shuffle, verbose=0, callbacks=[watch])
    result[kind] = {"grown": max(watch.peak, anonymous()) - before, "whole": x.size * 4 / 2**20}
print(json.dumps(result))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel does not say what memory is anonymous")
def test_arrays_on_disk_are_read_in_batches(tmp_path):
    mapped, hdf5 = tmp_path / "x", tmp_path / "x.h5"
    with open(mapped, "wb") as file:
        file.truncate(100_000 * 1024 * 4)  # a hole in the file: no room on the disk, and read like any other
    with h5py.File(hdf5, "w") as file:
        file.create_dataset("x", (50_000, 1024), "float32", chunks=(1000, 1024))
    command = [sys.executable, "-c", PROGRAM, str(mapped), str(hdf5)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    memory = json.loads(done.stdout)
    print(memory)
    assert memory["memmap"]["whole"] > 390 and memory["memmap"]["grown"] < 64  # MiB
    assert memory["hdf5"]["whole"] > 190 and memory["hdf5"]["grown"] < 64


def test_arrays_on_disk_are_not_read_whole(tmp_path):
    class Counting:
        """An h5py-like array that counts the rows that are read."""

        shape, dtype, rows = (1000, 2), np.dtype("float32"), 0

        def __getitem__(self, key):
            part = np.zeros(self.shape, self.dtype)[key]
            self.rows += len(part)
            return part

    from torchkeras_compat.data.sliced_rows import SlicedRows

    source = Counting()
    adapter = make_adapter(SlicedRows(source), batch_size=10, device="cpu")
    batches = adapter.epoch()
    next(batches), next(batches)
    assert source.rows == 20
