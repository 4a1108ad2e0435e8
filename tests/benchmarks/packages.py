"""``python -m tests.benchmarks.packages``: KerasHub's models here and on Keras with torch, as a table.

Each side has a process, since a package finds one Keras in it; the processes take turns, one step at a time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
NAMES = ("GPT-2, generate", "BERT classifier, step", "ViT classifier, step")


def runs() -> dict[str, Callable[[], Any]]:
    """Return what is measured, with made-up weights."""
    import keras
    import keras_hub

    random = np.random.RandomState(0)
    gpt2 = keras_hub.models.GPT2Backbone(1000, 4, 4, 128, 512, dropout=0.0, max_sequence_length=64)
    lm = keras_hub.models.GPT2CausalLM(backbone=gpt2, preprocessor=None)
    lm.compile(sampler="greedy")
    padding = np.zeros((4, 48), "int32")
    padding[:, :8] = 1
    prompt = {"token_ids": random.randint(1, 1000, (4, 48)).astype("int32") * padding, "padding_mask": padding}

    bert = keras_hub.models.BertBackbone(1000, 2, 4, 128, 256, dropout=0.1, max_sequence_length=64)
    pooled = bert.output["pooled_output"]
    texts = keras.Model(bert.input, keras.layers.Dense(2)(pooled))
    inputs = {
        "token_ids": random.randint(1, 1000, (16, 32)),
        "padding_mask": np.ones((16, 32), "int32"),
        "segment_ids": np.zeros((16, 32), "int32"),
    }
    vit = keras_hub.models.ViTBackbone((32, 32, 3), (4, 4), 2, 4, 64, 128)
    outputs = keras.layers.Dense(10)(keras.layers.GlobalAveragePooling1D()(vit.output))
    images = keras.Model(vit.input, outputs)
    pictures = random.standard_normal((16, 32, 32, 3)).astype("float32")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for model in (texts, images):
        model.compile(keras.optimizers.Adam(1e-3), loss)
    labels, classes = random.randint(0, 2, 16), random.randint(0, 10, 16)
    return {
        NAMES[0]: lambda: lm.generate(prompt, stop_token_ids=None),
        NAMES[1]: lambda: texts.train_on_batch(inputs, labels),
        NAMES[2]: lambda: images.train_on_batch(pictures, classes),
    }


def serve() -> None:
    """Answer each name on standard input with the seconds that one run takes."""
    found = runs()
    print("ready", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        found[line.strip()]()
        print(time.perf_counter() - start, flush=True)


def worker(side: str) -> subprocess.Popen[str]:
    """Start the process of a side, and wait until it has its models."""
    start = (
        ""
        if side == "keras"
        else "import torchkeras_compat.dialects.shadow_finder as s; s.install('keras', 'tf_keras');"
    )
    command = [sys.executable, "-W", "ignore", "-c", f"{start}from tests.benchmarks.packages import serve; serve()"]
    environment = {**os.environ, "KERAS_BACKEND": "torch", "TORCHKERAS_SHADOW": "0" if side == "keras" else "1"}
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    )
    ask(process, None)
    return process


def ask(process: subprocess.Popen[str], name: str | None) -> float:
    """Have a process run something once, and return the seconds; None only waits until it is ready."""
    assert process.stdin is not None and process.stdout is not None
    if name is not None:
        print(name, file=process.stdin, flush=True)
    for line in process.stdout:
        if line.strip() == "ready":
            return 0.0
        try:
            return float(line)
        except ValueError:
            continue  # something that a package prints
    raise RuntimeError(f"the process of {name!r} has ended: is keras-hub installed? `tox -e packages` installs it")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.packages", description=__doc__)
    parser.add_argument("--repeats", type=int, default=15, help="runs of which the median is taken")
    repeats = parser.parse_args().repeats
    sides = {side: worker(side) for side in ("here", "keras")}
    print("| KerasHub model | here, ms | Keras with torch, ms | ratio |\n| --- | --- | --- | --- |")
    for name in NAMES:
        times: dict[str, list[float]] = {side: [] for side in sides}
        for turn in range(repeats + 3):
            for side, process in sides.items():
                taken = ask(process, name)
                if turn >= 3:
                    times[side].append(taken * 1000)
        here, keras = (statistics.median(times[side]) for side in ("here", "keras"))
        print(f"| {name} | {here:.1f} | {keras:.1f} | {keras / here:.1f} |", flush=True)
    for process in sides.values():
        process.kill()


if __name__ == "__main__":
    main()
