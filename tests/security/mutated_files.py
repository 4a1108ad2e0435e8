"""Files with bytes or values changed at random: each loads, or is refused by the errors that are documented.

``python -m tests.security.mutated_files 3000`` tries that many, with other seeds from ``--first``; it prints what came
out, and exits with 1 if anything else happened: another exception, a crash, a hang, a model half loaded, or memory out
of proportion. The files are read by ``worker.py``, in a process of its own.
"""

from __future__ import annotations

import argparse
import collections
import copy
import json
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("worker.py")
DOCUMENTED = {"FileContentError", "UnknownNameError", "FileSafetyError", "NameClashError"}
SECONDS, MIB = 20.0, 400
ODD = (
    None,
    True,
    -1,
    0,
    1,
    2,
    0.5,
    1e308,
    10**6,
    10**9,
    2**63,
    2**80,
    "",
    "a",
    "relu",
    "Dense",
    "\ud800",
    [],
    [1],
    {},
    {"class_name": "Dense"},
)


class Worker:
    """The process that reads; another is started when one dies."""

    def __init__(self) -> None:
        self.process: Any = None

    def ask(self, action: str, path: Path) -> dict[str, Any]:
        """Return what came of reading a file: `worker.run`, or ``{"died": status}``."""
        if self.process is None:
            pipe = subprocess.PIPE
            self.process = subprocess.Popen([sys.executable, WORKER], stdin=pipe, stdout=pipe, text=True)
            self.process.stdout.readline()
        print(json.dumps({"action": action, "path": str(path)}), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if answer:
            found: dict[str, Any] = json.loads(answer)
            return found
        status = self.process.wait()
        self.close()
        return {"died": status}

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait(timeout=60)
            self.process = None


def mutated_bytes(data: bytes, chance: random.Random) -> bytes:
    """Return data with one to four changes: bits, runs of bytes, cuts, copies."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        place, size = chance.randrange(len(found) or 1), chance.choice((1, 1, 2, 4, 8, 64))
        kind = chance.randrange(8)
        if kind <= 1 and found:
            found[place] ^= 1 << chance.randrange(8)
        elif kind == 2:
            found[place : place + size] = chance.randbytes(size)
        elif kind == 3:
            found[place : place + size] = chance.choice((b"\0", b"\xff")) * size
        elif kind == 4:
            del found[place : place + size]
        elif kind == 5:
            found[place:place] = chance.randbytes(size)
        elif kind == 6:
            other = chance.randrange(len(found) or 1)
            found[place : place + size] = found[other : other + size]
        elif chance.randrange(4) == 0:
            del found[place:]
    return bytes(found)


def mutated_json(data: bytes, chance: random.Random) -> bytes:
    """Return JSON with one to three values replaced, taken out, or put into another place; or its bytes changed."""
    if chance.randrange(4) == 0:
        return mutated_bytes(data, chance)
    root = {"": json.loads(data)}
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = list(_places(root))
        holder, key = chance.choice(places)
        kind = chance.randrange(4)
        if kind == 0 and holder is not root:
            del holder[key]
        elif kind == 1:
            other, name = chance.choice(places)
            holder[key] = json.loads(json.dumps(other[name]))
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD))
    return json.dumps(root[""]).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


def _in_zip(part: str, change: Callable[[bytes, random.Random], bytes]) -> Callable[[Path, Path, random.Random], Path]:
    def make(files: Path, folder: Path, chance: random.Random) -> Path:
        with zipfile.ZipFile(files / "a.keras") as old, zipfile.ZipFile(folder / "a.keras", "w") as new:
            for name in old.namelist():
                data = old.read(name)
                new.writestr(name, change(data, chance) if name == part else data)
        return folder / "a.keras"

    return make


def _file(name: str, change: Callable[[bytes, random.Random], bytes]) -> Callable[[Path, Path, random.Random], Path]:
    def make(files: Path, folder: Path, chance: random.Random) -> Path:
        (folder / name).write_bytes(change((files / name).read_bytes(), chance))
        return folder / name

    return make


def _folder(files: Path, folder: Path, chance: random.Random) -> Path:
    shutil.copytree(files / "folder", folder / "folder")
    part = folder / "folder" / chance.choice(("config.json", "metadata.json", "model.weights.h5"))
    part.write_bytes((mutated_json if part.suffix == ".json" else mutated_bytes)(part.read_bytes(), chance))
    return folder / "folder"


def _shards(files: Path, folder: Path, chance: random.Random) -> Path:
    for path in files.glob("s[._]*"):
        shutil.copy(path, folder)
    part = chance.choice(sorted(folder.glob("s[._]*")))
    part.write_bytes((mutated_json if part.suffix == ".json" else mutated_bytes)(part.read_bytes(), chance))
    return folder / "s.weights.json"


def _attribute(files: Path, folder: Path, chance: random.Random) -> Path:
    import h5py

    shutil.copy(files / "a.h5", folder / "a.h5")
    with h5py.File(folder / "a.h5", "a") as file:
        key = chance.choice(("model_config", "training_config"))
        file.attrs[key] = mutated_json(file.attrs[key].encode(), chance).replace(b"\0", b" ")
    return folder / "a.h5"


KINDS: dict[str, tuple[tuple[str, ...], Callable[[Path, Path, random.Random], Path]]] = {
    "keras": (("load_model", "load_weights"), _file("a.keras", mutated_bytes)),
    "keras-config": (("load_model",), _in_zip("config.json", mutated_json)),
    "keras-metadata": (("load_model",), _in_zip("metadata.json", mutated_json)),
    "keras-weights": (("load_model", "load_weights"), _in_zip("model.weights.h5", mutated_bytes)),
    "folder": (("load_model",), _folder),
    "h5": (("load_model", "load_weights"), _file("a.h5", mutated_bytes)),
    "h5-config": (("load_model",), _attribute),
    "weights": (("load_weights", "editor"), _file("a.weights.h5", mutated_bytes)),
    "shards": (("load_weights",), _shards),
    "json": (("json",), _file("a.json", mutated_json)),
}


def faults_of(kind: str, found: dict[str, Any]) -> str | None:
    """Return what is wrong with what came out, or None."""
    if "died" in found:
        return f"the process died with status {found['died']}"
    allowed = DOCUMENTED | ({"FileNotFoundError"} if kind == "shards" else set())
    if found["kinds"] and not allowed & set(found["kinds"]):
        return f"{found['kinds'][0]}: {found['message'][:300]}"
    if found["seconds"] > SECONDS or found["mib"] > MIB:
        return f"{found['seconds']:.1f} s, {found['mib']:.0f} MiB"
    return None


def try_one(number: int, files: Path, worker: Worker) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """Make the file of a number, and yield each action with what came of it and what is wrong with that."""
    kind = list(KINDS)[number % len(KINDS)]
    actions, make = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = make(files, Path(folder), random.Random(number))
        for action in actions:
            found = worker.ask(action, path)
            yield f"{number} {kind} {action}", found, faults_of(kind, found)


def save_base(folder: Path) -> None:
    """Write the files that are mutated into a folder."""
    subprocess.run([sys.executable, WORKER, "save", folder], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first file, which is its seed")
    given = parser.parse_args()
    worker, outcomes, faults = Worker(), collections.Counter[str](), 0
    slowest = largest = 0.0
    with tempfile.TemporaryDirectory() as name:
        save_base(Path(name))
        for number in range(given.first, given.first + given.count):
            for label, found, fault in try_one(number, Path(name), worker):
                outcomes[(found.get("kinds") or ["loaded" if "died" not in found else "died"])[0]] += 1
                slowest, largest = max(slowest, found.get("seconds", 0.0)), max(largest, found.get("mib", 0.0))
                if fault is not None:
                    faults += 1
                    print(f"{label}: {fault}", flush=True)
    worker.close()
    print(f"{given.count} files; {dict(outcomes)}; at most {slowest:.1f} s and {largest:.0f} MiB; {faults} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
