"""Files that appear whole or not at all: permissions, links, killed processes."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import h5py
import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat.saving import atomic
from torchkeras_compat.saving.atomic import folder_written_whole, remove_leftovers, work_folder, written_whole
from torchkeras_compat.saving.locks import FileLock, LockHeldError
from torchkeras_compat.saving.open_h5 import new_h5

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions and signals of POSIX")


def make_model(seed=1, units=50):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input((50,)), keras.layers.Dense(units), keras.layers.Dense(40)])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "a.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    with written_whole(link) as temporary:
        assert temporary.parent.parent == target.parent
        temporary.write_text("new")
    assert link.is_symlink() and target.read_text() == "new"
    assert names(tmp_path) == ["far", "link.txt"] and names(tmp_path / "far") == ["a.txt"]


@posix
def test_permissions_are_those_of_what_was_there_or_of_any_new_file(tmp_path):
    old = os.umask(0o027)
    try:
        with written_whole(tmp_path / "new") as temporary:
            temporary.write_text("")
        with folder_written_whole(tmp_path / "folder") as temporary:
            (temporary / "a").write_text("")
    finally:
        os.umask(old)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o750
    for path, mode in ((tmp_path / "new", 0o604), (tmp_path / "folder", 0o705)):
        path.chmod(mode)
    with written_whole(tmp_path / "new") as temporary:
        temporary.write_text("")
    with folder_written_whole(tmp_path / "folder"):
        pass
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o604
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o705


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_explained(tmp_path, number):
    path = tmp_path / "a.bin"
    path.write_text("old")
    message = (
        f"{re.escape(os.strerror(number))}.*At least 1,234,567 bytes are needed; [0-9,]+ bytes are free.*Free space"
    )
    with pytest.raises(OSError, match=message) as raised, written_whole(path, lambda: 1234567):
        raise OSError(number, "anything")
    assert raised.value.errno == number and raised.value.filename == str(path)
    assert path.read_text() == "old" and names(tmp_path) == ["a.bin"]


def test_other_errors_stay_what_they_are(tmp_path):
    with pytest.raises(FileNotFoundError, match="vocabulary"), written_whole(tmp_path / "a.bin"):
        raise FileNotFoundError("vocabulary")
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["a" * 250, "[a]*?.keras", "ä 1.keras", ".hidden"])
def test_any_name_will_do(tmp_path, name):
    for _ in range(2):
        with written_whole(tmp_path / name) as temporary:
            temporary.write_text("whole")
    assert names(tmp_path) == [name]


def test_an_error_of_a_write_is_raised_even_if_hdf5_goes_on(tmp_path, monkeypatch):
    writes = []

    class Full:
        def __init__(self, file):
            self.file = file

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, data):
            writes.append(len(data))
            if len(writes) == failing:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.file.write(data)

    def opened(path, mode):
        return Full(open(path, mode))

    monkeypatch.setattr("torchkeras_compat.saving.open_h5.open", opened, raising=False)
    failing = 0
    for _ in range(2):
        total, writes = len(writes), []
        with new_h5(tmp_path / "a.h5") as file:
            for name in "abc":
                file.create_dataset(name, data=np.ones(1000))
    assert total == len(writes) > 3
    for failing in range(1, total + 1):  # noqa: B007
        writes = []
        with pytest.raises(OSError, match="No space left"), new_h5(tmp_path / "a.h5") as file:
            for name in "abc":
                file.create_dataset(name, data=np.ones(1000))


KILLED = """
import os, sys, signal
from pathlib import Path
from torchkeras_compat.saving.atomic import work_folder
with work_folder(Path(sys.argv[1])) as folder:
    (folder / "part").write_bytes(b"1" * 1000)
    (folder / "parts").mkdir()
    print(folder.name, flush=True)
    if sys.argv[2] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
"""


@contextlib.contextmanager
def other_process(target, what, status):
    command = [sys.executable, "-c", KILLED, str(target), what]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
    assert process.returncode == status


@pytest.mark.slow
@posix
def test_what_killed_processes_left_is_removed_and_what_live_ones_write_is_not(tmp_path):
    target = tmp_path / "a.keras"
    mine = [f".{target.name}.mine.tmp", f".{target.name}.notes.txt", f".{target.name}", ".b.keras.12345678.tmp"]
    with other_process(target, "lives", 0) as kept:
        with other_process(target, "dies", -signal.SIGKILL) as left:
            pass
        for name in mine:
            (tmp_path / name).mkdir()
            (tmp_path / name / "precious").write_text("")
        (tmp_path / f".{target.name}.empty_01.tmp").mkdir()  # killed right after it was made
        assert left in names(tmp_path) and kept in names(tmp_path)
        with work_folder(target) as folder:
            with written_whole(target) as temporary:  # of this process, in another place
                temporary.write_text("new")
            assert folder.is_dir()
        assert names(tmp_path) == sorted([*mine, kept, target.name])
    assert names(tmp_path) == sorted([*mine, target.name])


@pytest.mark.slow
@posix
@pytest.mark.parametrize(
    ("target", "other"),
    [("model", "model.v2"), ("m", "m.v2.tmp"), ("a" * 60 + "1", "a" * 60 + "2"), ("m[", "m[.x"), ("é" * 70, "é" * 71)],
)
def test_saving_leaves_what_was_left_of_another_name(tmp_path, monkeypatch, target, other):
    monkeypatch.setattr(atomic, "_exchange", lambda one, other: False)
    path, precious = tmp_path / target, tmp_path / other
    with folder_written_whole(precious) as temporary:
        (temporary / "a").write_text("precious")

    def save():
        with folder_written_whole(precious) as temporary:
            (temporary / "a").write_text("newer")

    assert killed_at(1, save) == -signal.SIGKILL and not precious.exists()  # between its two renames
    for _ in range(2):
        with folder_written_whole(path) as temporary:
            (temporary / "a").write_text("of the target")
    with written_whole(tmp_path / f"{target}.txt") as temporary:
        temporary.write_text("")
    assert (path / "a").read_text() == "of the target" and not precious.exists()
    with folder_written_whole(precious):
        assert (precious / "a").read_text() == "precious"
    assert names(tmp_path) == sorted([target, other, f"{target}.txt"])


@pytest.mark.slow
def test_a_folder_that_another_process_takes_for_one_left_behind_is_not_used(tmp_path, monkeypatch):
    import tempfile

    make, taken = tempfile.mkdtemp, []

    def mkdtemp(**options):
        folder = make(**options)
        if not taken:
            taken.append(FileLock(Path(folder, ".lock")))
        return folder

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    with written_whole(tmp_path / "a") as temporary:
        temporary.write_text("whole")
        assert temporary.parent != taken[0].path.parent
    taken[0].release()
    taken[0].path.parent.rmdir()
    assert names(tmp_path) == ["a"]


@posix
@pytest.mark.parametrize("call", ["fstat", "lockf", "pread"])
def test_a_lock_that_cannot_be_taken_leaves_no_open_file(tmp_path, monkeypatch, call):
    import fcntl

    def fails(*arguments):
        raise MemoryError if call == "lockf" else OSError(errno.EIO, "broken")

    def is_locked(*arguments):
        raise BlockingIOError(errno.EAGAIN, "locked")

    if call == "pread":
        monkeypatch.setattr(fcntl, "lockf", is_locked)
    opened, real = [], os.open
    monkeypatch.setattr(os, "open", lambda *arguments: opened.append(real(*arguments)) or opened[-1])
    monkeypatch.setattr(fcntl if call == "lockf" else os, call, fails)
    with pytest.raises((MemoryError, OSError)):
        FileLock(tmp_path / "lock")
    monkeypatch.undo()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])
    FileLock(tmp_path / "lock").release()


def test_threads_may_write_one_file(tmp_path):
    errors = []

    def write(text):
        try:
            for _ in range(30):
                with written_whole(tmp_path / "a") as temporary:
                    temporary.write_text(text)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(c * 1000,)) for c in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and len(set((tmp_path / "a").read_text())) == 1 and names(tmp_path) == ["a"]


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_that_cannot_take_its_place_leaves_the_older_one(tmp_path, monkeypatch, exchanges):
    target = tmp_path / "m"
    with folder_written_whole(target) as temporary:
        (temporary / "a").write_text("old")
    if not exchanges:
        monkeypatch.setattr(atomic, "_exchange", lambda one, other: False)
    with folder_written_whole(target) as temporary:
        (temporary / "a").write_text("new")
    assert (target / "a").read_text() == "new" and names(tmp_path) == ["m"]
    monkeypatch.setattr(atomic, "_exchange", lambda one, other: False)
    replace = os.replace

    def fails(source, place):
        if place == target and source.name == "m":
            raise OSError(errno.ENOSPC, "full")
        replace(source, place)

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="Free space"), folder_written_whole(target) as temporary:
        (temporary / "a").write_text("newer")
    assert (target / "a").read_text() == "new" and names(tmp_path) == ["m"]


def killed_at(move, save):
    """The exit status of a process that is killed at its n-th renaming."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    real, left = os.replace, move

    def replace(source, target):
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        real(source, target)

    try:
        os.replace = replace
        save()
        os._exit(0)
    finally:
        os._exit(1)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.mark.slow
@posix
def test_shards_are_those_of_one_model_wherever_the_process_is_killed(tmp_path):
    old, new, path = make_model(1, 45), make_model(2, 45), tmp_path / "a.weights.json"
    old.save_weights(path, max_shard_size=1e-5)
    shards = names(tmp_path)
    found = make_model(3, 45)
    for move in range(100):
        status = killed_at(move, lambda: new.save_weights(path, max_shard_size=1e-5))
        if status == 0:
            break
        assert status == -signal.SIGKILL
        found.load_weights(path)
        assert same(found, old), move
        remove_leftovers(path)
        assert names(tmp_path) == shards
    assert move == 2 * len(shards)
    found.load_weights(path)
    assert same(found, new)


@pytest.mark.slow
@posix
def test_a_folder_is_the_older_or_the_newer_one_wherever_the_process_is_killed(tmp_path, monkeypatch):
    old, new = make_model(1), make_model(2)
    path = tmp_path / "m"
    for exchanges in (True, False):
        old.save(path, zipped=False)
        if not exchanges:
            monkeypatch.setattr(atomic, "_exchange", lambda one, other: False)
        for move in range(10):
            status = killed_at(move, lambda: new.save(path, zipped=False))
            remove_leftovers(path, lambda folder: atomic._put_back(path, folder))
            found = keras.saving.load_model(path)
            assert same(found, new if status == 0 else old)
            if status == 0:
                break
        assert move == (0 if exchanges else 2) and names(tmp_path) == ["m"]


def test_stale_shards_go_and_files_of_others_stay(tmp_path):
    path, other = tmp_path / "a.weights.json", tmp_path / "a_00009.weights.h5"
    make_model().save_weights(path, max_shard_size=1e-5)
    assert names(tmp_path) == ["a.weights.json", "a_00000.weights.h5", "a_00001.weights.h5"]
    other.write_text("of nobody")
    make_model(2).save_weights(path, max_shard_size=1)
    assert names(tmp_path) == ["a.weights.json", "a_00000.weights.h5", other.name]
    found = make_model(3)
    found.load_weights(path)
    assert same(found, make_model(2))


def test_a_list_of_files_of_others_deletes_none(tmp_path):
    path = tmp_path / "a.weights.json"
    path.write_text('{"weight_map": {"/a": "precious.txt", "/b": "b_00000.weights.h5"}}')
    for name in ("precious.txt", "b_00000.weights.h5"):
        (tmp_path / name).write_text("")
    make_model().save_weights(path, max_shard_size=1)
    assert names(tmp_path) == ["a.weights.json", "a_00000.weights.h5", "b_00000.weights.h5", "precious.txt"]


def test_a_model_is_written_beside_its_target_alone(tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    for name in ("a.keras", "a.h5", "a.weights.h5"):
        model = make_model()
        getattr(model, "save_weights" if "weights" in name else "save")(tmp_path / name)
    make_model().save(tmp_path / "folder", zipped=False)
    make_model().save_weights(tmp_path / "a.weights.json", max_shard_size=1)
    assert names(tmp_path) == sorted(
        ["a.keras", "a.h5", "a.weights.h5", "folder", "a.weights.json", "a_00000.weights.h5"]
    )
    with h5py.File(tmp_path / "a.weights.h5") as file:
        assert file["layers/dense/vars/0"].shape == (50, 50)


@pytest.mark.slow
@posix
def test_a_lock_ends_with_its_process_and_not_with_its_number(tmp_path):
    path = tmp_path / "lock"
    path.write_text(str(os.getpid()))  # left by a killed process whose number is now that of this one
    lock = FileLock(path)
    with pytest.raises(LockHeldError, match=f"this process .{os.getpid()}"):
        FileLock(path)
    child = os.fork()
    if child == 0:  # a fork does not hold what its parent holds
        try:
            FileLock(path)
        except LockHeldError:
            lock.release()
            os._exit(7)
        os._exit(8)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    with pytest.raises(LockHeldError):
        FileLock(path)
    lock.release()
    FileLock(path).release()
    assert names(tmp_path) == []
