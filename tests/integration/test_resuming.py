"""Training that was interrupted ends with the bits of training that was not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.interruption import Interruption

sys.path.insert(0, str(Path(__file__).parent))
import resumed

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("RESUMING_KILLS", "10"))  # by command: RESUMING_KILLS=60 pytest -k killed


@pytest.mark.slow
@pytest.mark.parametrize("save_freq", [1, 3, "epoch"])
@pytest.mark.parametrize("name", resumed.RUNS)
def test_any_interruption_ends_in_the_same_bits(name, save_freq, tmp_path):
    expected = resumed.train(name)
    resumed.train(name, tmp_path)
    log = (tmp_path / "log.csv").read_text()
    for step in (1, 5, 7, 10, 12):
        folder = tmp_path / str(step)
        folder.mkdir()
        with pytest.raises(KeyboardInterrupt):
            resumed.train(name, folder, save_freq, (Interruption(step),))
        assert resumed.train(name, folder, save_freq) == expected, step
        assert (folder / "log.csv").read_text() == log
        assert not (folder / "copy").exists()


def test_a_second_interruption_does_no_harm(tmp_path):
    for step in (4, 3, 5):
        with pytest.raises(KeyboardInterrupt):
            resumed.train("arrays", tmp_path, 2, (Interruption(step),))
    assert resumed.train("arrays", tmp_path, 2) == resumed.train("arrays")


CHILD = """
import json, os, sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
sys.path.insert(0, "tests/integration")
import resumed
expected = {name: resumed.train(name) for name in ("arrays", "generator")}  # imports all that the copies need
from torchkeras_compat.callbacks.base import Callback

class Slow(Callback):
    def on_train_batch_end(self, batch, logs=None):
        time.sleep(0.002)

print(json.dumps(expected), flush=True)
for line in sys.stdin:
    name, folder, freq = line.split()
    child = os.fork()
    if child == 0:
        result = resumed.train(name, Path(folder), int(freq), (Slow(),))
        Path(folder, "result.tmp").write_text(result)
        os.replace(Path(folder, "result.tmp"), Path(folder, "result"))
        os._exit(0)
    print(child, flush=True)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    time.sleep(0.3 if os.path.exists(folder + "/result") else 0)  # keeps the number until nobody sends a signal to it
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied by fork")
def test_a_process_killed_at_many_moments_ends_in_the_same_bits(tmp_path):
    dice = random.Random(20)
    kills, finished = 0, 0
    command = [sys.executable, "-c", CHILD]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        expected = json.loads(server.stdout.readline())  # of that process: other numbers of threads, other bits
        while kills < KILLS:
            name, freq = dice.choice(list(expected)), dice.choice([1, 2, 3])
            folder = tmp_path / str(finished)
            folder.mkdir()
            while not (folder / "result").exists():
                server.stdin.write(f"{name} {folder} {freq}\n")
                server.stdin.flush()
                child = int(server.stdout.readline())
                if kills < KILLS:
                    time.sleep(dice.uniform(0.005, 0.25))
                    os.kill(child, signal.SIGKILL)  # where it has ended, its number is still its own: see waitpid
                status = int(server.stdout.readline())
                assert status in (0, -signal.SIGKILL)
                kills += status != 0
            assert (folder / "result").read_text() == expected[name]
            assert not (folder / "copy").exists()
            finished += 1
        server.stdin.close()
