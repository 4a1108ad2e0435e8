"""The files of `BackupAndRestore`: a broken or hostile one changes nothing, and runs nothing."""

from __future__ import annotations

import copy
import io
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from tests.integration.interruption import Interruption
from torchkeras_compat.callbacks import BackupAndRestore, CSVLogger, EarlyStopping, ReduceLROnPlateau
from torchkeras_compat.callbacks.backup_file import read_copy, write_copy
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.plain_values import PlainValues, read_plain_values

ROOT = Path(__file__).parents[2]
X = np.random.RandomState(0).normal(size=(10, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def make_model(seed=1, optimizer="adam"):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
    model.seen = keras.metrics.Mean(name="seen")
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


def others(folder):
    return [
        EarlyStopping("loss", patience=5, restore_best_weights=True),
        ReduceLROnPlateau("loss"),
        CSVLogger(folder / "log.csv"),
    ]


def fit(model, folder, *callbacks, **options):
    backup = BackupAndRestore(folder / "copy", save_freq=2)
    return model.fit(
        X, Y, batch_size=4, epochs=4, verbose=0, callbacks=[*others(folder), backup, *callbacks], **options
    )


@pytest.fixture
def interrupted(tmp_path):
    """A folder with the copy of a training that was interrupted in its second epoch."""
    with pytest.raises(KeyboardInterrupt):
        fit(make_model(), tmp_path, Interruption(5))
    return tmp_path


def refused(folder, match, optimizer="adam"):
    """Make sure that going on is refused, and that the model, the generators and the files are as before."""
    model = make_model(2, optimizer)
    before = [w.copy() for w in model.get_weights()]
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    draws = np.random.get_state()[1].copy(), torch.get_rng_state().clone(), random.getstate()
    with pytest.raises(FileContentError, match=match):
        fit(model, folder)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)
    assert int(model.optimizer.iterations if optimizer == "adam" else 0) == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files
    np.testing.assert_array_equal(np.random.get_state()[1], draws[0])
    assert torch.equal(torch.get_rng_state(), draws[1]) and random.getstate() == draws[2]


def test_any_flipped_bit_is_an_error(interrupted):
    path = interrupted / "copy" / "latest.weights.h5"
    whole = path.read_bytes()
    dice = random.Random(7)
    places = [*range(0, 800, 37), *(dice.randrange(len(whole)) for _ in range(200)), len(whole) - 1]
    for place in places:
        broken = bytearray(whole)
        broken[place] ^= 1 << dice.randrange(8)
        path.write_bytes(broken)
        with pytest.raises(FileContentError, match="checksum differs|does not begin as a copy"):
            read_copy(path)
    path.write_bytes(whole)
    assert read_copy(path)["epoch"] == 1
    broken[place] = whole[place]
    broken[len(whole) // 2] ^= 16
    path.write_bytes(broken)
    refused(interrupted, "cannot be restored: The bytes of .* checksum differs.*Nothing was changed. Delete the folder")


@pytest.mark.parametrize("part", [0, 100, 511, 512, 513, 0.3, 0.9, 0.9999])
def test_a_copy_that_is_cut_off_is_refused(interrupted, part):
    path = interrupted / "copy" / "latest.weights.h5"
    whole = path.read_bytes()
    path.write_bytes(whole[: part if isinstance(part, int) else int(part * len(whole))])
    refused(interrupted, "cannot be restored")


def test_a_pickle_is_not_read(interrupted):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(interrupted / "trapped"),)

    path = interrupted / "copy" / "latest.weights.h5"
    buffer = io.BytesIO()
    torch.save({"epoch": Trap()}, buffer)
    for content in (buffer.getvalue(), pickle.dumps(Trap())):
        with h5py.File(path, "w") as file:  # as earlier versions wrote it
            file.create_dataset("training_state", data=np.frombuffer(content, "uint8"))
        refused(interrupted, "another version or by Keras")
        write_copy(path, make_model(), {})
        with h5py.File(path, "r+") as file:
            del file["training_state"]
            file.create_dataset("training_state", data=np.frombuffer(content, "uint8"))
        sealed(path)
        refused(interrupted, "cannot be restored: .*The values claim")
    assert not (interrupted / "trapped").exists()


def sealed(path):
    """Give a changed file a right checksum, as an attacker would."""
    from torchkeras_compat.callbacks.backup_file import _block

    with path.open("rb+") as raw:
        block = _block(raw)
        raw.seek(0)
        raw.write(block)


@pytest.mark.parametrize(
    "store",
    [
        lambda file: file.create_dataset("training_state", shape=(1 << 40,), dtype="uint8", chunks=(1 << 20,)),
        lambda file: file.create_dataset("training_state", shape=(1 << 40,), dtype="uint8", fillvalue=1),
        lambda file: file.create_dataset("training_state", data=np.zeros(1 << 24, "uint8"), compression="gzip"),
        lambda file: file.create_dataset("training_state", data=np.zeros((2, 2), "uint8")),
        lambda file: file.create_dataset("training_state", data=np.zeros(4, "float32")),
        lambda file: file.create_dataset("training_state", data=np.zeros(4, "uint8")),
        lambda file: file.create_group("training_state"),
        lambda file: file.__setitem__("training_state", h5py.SoftLink("/layers")),
        lambda file: file.__setitem__("training_state", h5py.ExternalLink("/etc/hostname", "/")),
        lambda file: None,
    ],
)
def test_what_hdf5_can_claim_is_refused(interrupted, store):
    path = interrupted / "copy" / "latest.weights.h5"
    with h5py.File(path, "r+") as file:
        del file["training_state"]
        store(file)
    sealed(path)
    refused(interrupted, "cannot be restored")


def _set(*place, to):
    def change(state):
        for key in place[:-1]:
            state = state[key]
        state[place[-1]] = to(state[place[-1]]) if callable(to) else to

    return change


def _drop(*place):
    def change(state):
        for key in place[:-1]:
            state = state[key]
        del state[place[-1]]

    return change


KEYS = (
    *("epoch", "step", "logs", "stops", "tensors", "optimizers", "metrics", "own_metrics", "data", "callbacks"),
    *("random", "description"),
)
MALFORMED = {
    **{f"without {key}": _drop(key) for key in KEYS},
    **{f"None for {key}": _set(key, to=None) for key in KEYS},
    **{f"a string for {key}": _set(key, to="x") for key in KEYS},
    "a key more": lambda state: state.update(more=1),
    "a negative epoch": _set("epoch", to=-1),
    "a float epoch": _set("epoch", to=1.5),
    "a huge epoch": _set("epoch", to=10**30),
    "a bool step": _set("step", to=True),
    "a tensor less": _set("tensors", to=lambda t: t[:-1]),
    "a tensor of another shape": _set("tensors", 3, to=lambda t: torch.zeros(2)),
    "a tensor of another dtype": _set("tensors", 3, to=lambda t: t.double()),
    "no tensor": _set("tensors", 3, to=1.0),
    "another optimizer": _set("optimizers", to=lambda o: {"other": o["optimizer"]}),
    "an optimizer without groups": _drop("optimizers", "optimizer", "param_groups"),
    "an optimizer with a group more": _set("optimizers", "optimizer", "param_groups", to=lambda g: g * 2),
    "an optimizer with other parameters": _set("optimizers", "optimizer", "param_groups", 0, "params", to=[0]),
    "a rate that is a string": _set("optimizers", "optimizer", "param_groups", 0, "lr", to="fast"),
    "a slot of another shape": _set("optimizers", "optimizer", "state", 0, "momentum", to=torch.zeros(1)),
    "a slot that is a number": _set("optimizers", "optimizer", "state", 0, "momentum", to=1),
    "a slot less": _drop("optimizers", "optimizer", "state", 0, "momentum"),
    "a slot of no parameter": _set("optimizers", "optimizer", "state", to=lambda s: {**s, 99: {}}),
    "iterations that are a string": _set("optimizers", "optimizer", "iterations", to="many"),
    "no list of own tensors": _set("optimizers", "optimizer", "unattached", to=[torch.zeros(1)]),
    "a metric of another shape": _set("metrics", "loss", to=[torch.zeros(5), torch.zeros(5)]),
    "a metric that is a string": _set("metrics", "0/mae", to="x"),
    "an own metric less": _set("own_metrics", to=[]),
    "an own metric of another shape": _set("own_metrics", 0, 0, to=torch.zeros(3)),
    "data without a step": _drop("data", "step"),
    "data at another step": _set("data", "step", to=0),
    "data behind its end": _set("data", "taken", to=10**12),
    "data without a start": _set("data", "pass_start", to={}),
    "data with a malformed start": _set("data", "pass_start", "random", to={}),
    "a callback that is a number": _set("callbacks", "EarlyStopping_0", to=1),
    "a best value that is a string": _set("callbacks", "EarlyStopping_0", "best", to="x"),
    "a counter that is a string": _set("callbacks", "ReduceLROnPlateau_0", "wait", to="x"),
    "best weights of another model": _set("callbacks", "EarlyStopping_0", "best_weights", to=[torch.zeros(1)]),
    "best weights that are a number": _set("callbacks", "EarlyStopping_0", "best_weights", to=5),
    "best weights that are numbers": _set("callbacks", "EarlyStopping_0", "best_weights", to=[1.0]),
    "best weights that are strings": _set("callbacks", "EarlyStopping_0", "best_weights", to="abcd"),
    "best weights with names": _set("callbacks", "EarlyStopping_0", "best_weights", to=lambda w: dict(enumerate(w))),
    "a log file that grows": _set("callbacks", "CSVLogger_0", "_size", to=10**12),
    "columns that are numbers": _set("callbacks", "CSVLogger_0", "keys", to=[1]),
    "a history of strings": _set("callbacks", "History_0", "history", to={"loss": "x"}),
    "epochs that are strings": _set("callbacks", "History_0", "epoch", to=["x"]),
    "a counter that is nothing": _set("callbacks", "ReduceLROnPlateau_0", "wait", to=None),
    "a history that is a list": _set("callbacks", "History_0", "history", to=[]),
    **{f"random without {key}": _drop("random", key) for key in ("python", "numpy", "torch", "cuda", "seed_generator")},
    "random of too few words": _set("random", "python", 1, to=torch.zeros(3, dtype=torch.int64)),
    "random of a wrong place": _set("random", "numpy", 2, to=-5),
    "random of a wrong flag": _set("random", "numpy", 3, to=7),
    "random of a wrong size": _set("random", "torch", to=torch.zeros(3, dtype=torch.uint8)),
    "seeds of another shape": _set("random", "seed_generator", to=torch.zeros(3, dtype=torch.int64)),
    "no description": _set("description", to={}),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_state_changes_nothing(interrupted, name):
    path = interrupted / "copy" / "latest.weights.h5"
    state = copy.deepcopy(read_copy(path))
    MALFORMED[name](state)
    write_copy(path, make_model(), state)
    refused(interrupted, "cannot be restored")


@pytest.mark.parametrize("key", ["filename", "sep", "on_epoch_end", "_append", "__class__", "model"])
def test_a_copy_sets_only_what_a_callback_remembers(interrupted, key):
    path = interrupted / "copy" / "latest.weights.h5"
    state = read_copy(path)
    state["callbacks"]["CSVLogger_0"][key] = str(interrupted / "elsewhere")
    write_copy(path, make_model(), state)
    refused(interrupted, f"CSVLogger has the keys .*The copy has '{key}'")


@pytest.mark.parametrize("name", ["sgd", "adamw"])
def test_states_of_torch_optimizers_are_checked_too(tmp_path, name):
    def model(seed):
        found = make_model(seed)
        kinds = {"sgd": torch.optim.SGD, "adamw": torch.optim.AdamW}
        options = {"momentum": 0.9} if name == "sgd" else {}
        found.compile(kinds[name](found.parameters(), lr=0.01, **options), "mse", metrics=["mae"])
        return found

    with pytest.raises(KeyboardInterrupt):
        fit(model(1), tmp_path, Interruption(5))
    path = tmp_path / "copy" / "latest.weights.h5"
    state = read_copy(path)
    slots = state["optimizers"]["optimizer"]["state"][0]
    slots[next(key for key in slots if "step" not in key)] = torch.zeros(7, 7)
    write_copy(path, make_model(), state)
    found = model(2)
    before = [w.copy() for w in found.get_weights()]
    with pytest.raises(FileContentError, match=r"has the shape \(7, 7\), its parameter \(4, 3\)"):
        fit(found, tmp_path)
    for old, new in zip(before, found.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)


DESCRIBED = [
    b"[]",
    b"x",
    b'{"call": []}',
    b'{"dict": [[{"list": []}, 1]]}',
    b'{"dict": [1]}',
    b'{"tensor": ["float32", [1099511627776], 0]}',
    b'{"tensor": ["float32", [-1], 0]}',
    b'{"tensor": ["float32", [1, 1.5], 0]}',
    b'{"tensor": ["float32", [], 16]}',
    b'{"tensor": ["float32", [4], -16]}',
    b'{"tensor": ["os.system", [1], 0]}',
    b'{"tensor": [["float32"], [1], 0]}',
    b'{"tensor": 1}',
    b'{"list": [{"tensor": ["uint8", [16], 0]}, {"tensor": ["uint8", [16], 0]}]}',
    b'{"float": "1.0"}',
    b'{"list": 1}',
    b'{"list": ' * 150 + b"1" + b"}" * 150,
    b'{"list": [' * 150 + b"1" + b"]}" * 150,
    b'{"list": [' * 100_000 + b"]}" * 100_000,
    b"9" * 10_000,
    b'{"list": [], "tuple": []}',
]


@pytest.mark.parametrize("text", DESCRIBED, ids=range(len(DESCRIBED)))
def test_values_that_are_described_wrongly_are_refused(text):
    whole = len(text).to_bytes(8, "little") + text
    whole = whole.ljust(-(-len(whole) // 16) * 16 + 16, b"\0")
    with pytest.raises(FileContentError):
        read_plain_values(lambda start, stop: np.frombuffer(whole[start:stop], "uint8").copy(), len(whole))


def test_values_come_back_as_they_were():
    dtypes = ["bfloat16", "float16", "float64", "complex64", "bool", "uint8", "uint16", "int64", "float8_e4m3fn"]
    given = {
        "tensors": [torch.arange(6).reshape(2, 3).T.to(getattr(torch, dtype)) for dtype in dtypes],
        0: (None, True, -(10**30), 0.1, float("inf"), "ü\0", [], {}, torch.zeros(0, 3), torch.tensor(5)),
        "array": np.arange(3, dtype="int16"),
    }
    values = PlainValues(given)
    whole = b"".join(part.tobytes() for part in values.parts())
    assert len(whole) == values.size
    found = read_plain_values(lambda start, stop: np.frombuffer(whole[start:stop], "uint8").copy(), len(whole))
    for a, b in zip(given["tensors"], found["tensors"], strict=True):
        assert a.dtype is b.dtype and a.tolist() == b.tolist()
    assert found[0][:8] == given[0][:8] and isinstance(found[0], tuple)
    assert [(t.shape, t.dtype) for t in found[0][8:]] == [(t.shape, t.dtype) for t in given[0][8:]]
    assert found["array"].dtype == "int16" and found["array"].tolist() == [0, 1, 2]


def test_a_callback_that_remembers_what_cannot_be_stored_is_named(tmp_path):
    class Odd(Callback):
        def state_dict(self):
            return {"things": {1, 2}}

    with pytest.raises(TypeError, match=r"Received <class 'set'> at state\['callbacks'\]\['Odd_0'\]\['things'\]"):
        fit(make_model(), tmp_path, Odd())


HOLDER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, "tests/security")
import test_backups
from torchkeras_compat.callbacks.base import Callback
class Waiting(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        print("ready", flush=True)
        sys.stdin.readline()
        os.kill(os.getpid(), signal.SIGKILL)
test_backups.fit(test_backups.make_model(), Path(sys.argv[1]), Waiting())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_one_training_a_folder_and_killed_ones_do_not_count(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "ready\n"
        with pytest.raises(ValueError, match=f"in use by the training run of process {holder.pid}.*of its own"):
            fit(make_model(), tmp_path)
        holder.communicate("\n")
    assert (tmp_path / "copy" / ".lock").exists()
    (tmp_path / "copy" / ".lock").write_text(str(os.getppid()))  # a number that lives, of somebody else
    fit(make_model(), tmp_path)
    assert not (tmp_path / "copy").exists()


def test_one_training_a_folder_in_one_process_too(tmp_path):
    class Inner(Callback):
        def on_epoch_end(self, epoch, logs=None):
            fit(make_model(), tmp_path)

    with pytest.raises(ValueError, match=r"in use by the training run of this process"):
        fit(make_model(), tmp_path, Inner())
    fit(make_model(), tmp_path)  # an error gives the folder back
    assert not (tmp_path / "copy").exists()


def test_only_own_files_are_removed(tmp_path):
    folder = tmp_path / "copy"
    (folder / "notes").mkdir(parents=True)
    for name in ("notes/a.txt", "best.keras", "prev_best.weights.h5", ".hidden"):
        (folder / name).write_text("precious")
    fit(make_model(), tmp_path)
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    assert found == [".hidden", "best.keras", "notes", "notes/a.txt", "prev_best.weights.h5"]
