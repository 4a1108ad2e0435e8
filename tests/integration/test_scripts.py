"""Scripts in the manner of the examples, books and courses of each version: `tests/notes/scripts/`, a folder a dialect.

Each ends with assertions of its own, and runs as the command line runs it: in the dialect that its source shows.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from torchkeras_compat.datasets.samples.switch import VARIABLE
from torchkeras_compat.dialects.detection import detect
from torchkeras_compat.dialects.dialect import MIXED, MIXED_WITH_TENSORS
from torchkeras_compat.notes.note import SUFFIXES, read_note
from torchkeras_compat.notes.run import RunOptions, run_note
from torchkeras_compat.random.seeding import set_random_seed

# Scripts may be warned, as by the arguments of an older Keras.
pytestmark = [pytest.mark.usefixtures("hidden_keras"), pytest.mark.filterwarnings("ignore")]
FOLDERS = Path(__file__).parents[1] / "notes" / "scripts"
# Folder -> what the source may be read as; where nothing shows an older Keras, calls of any version are understood.
READ_AS = {
    "keras1": ("keras1", MIXED.name),
    "keras2": ("keras2", MIXED.name),
    "tf_keras": ("tf.keras", MIXED_WITH_TENSORS.name),
    "keras3": (MIXED.name, MIXED_WITH_TENSORS.name),
}
SCRIPTS = sorted(path.relative_to(FOLDERS).as_posix() for path in FOLDERS.glob("*/*") if path.suffix in SUFFIXES)


def test_every_folder_is_of_a_dialect() -> None:
    assert {path.name for path in FOLDERS.iterdir()} <= READ_AS.keys()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs_to_its_end(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    monkeypatch.chdir(tmp_path)
    note = read_note(FOLDERS / name)
    found = detect([block.code for block in note.blocks])
    assert found.installed in READ_AS[name.partition("/")[0]], str(found)
    set_random_seed(0)
    failures = run_note(note, dialect=found.installed, options=RunOptions(announce=lambda text: None))
    assert [str(failed) for failed in failures] == []
