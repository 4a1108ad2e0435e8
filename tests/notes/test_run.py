"""Notes as they are published, run to their end: `published/`; and how a run goes on, stops and reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchkeras_compat.datasets.samples.switch import VARIABLE
from torchkeras_compat.notes.note import read_note
from torchkeras_compat.notes.run import RunOptions, run_note

pytestmark = pytest.mark.usefixtures("hidden_keras")
PUBLISHED = Path(__file__).parent / "published"

# Note -> the last lines that it prints, and a sentence of the runner.
NOTES = {
    "airline_passengers.md": (["(200, 1, 10) True"], "made up: look_back = 10"),
    "autoencoder.md": (["True True (50, 16)"], "made up: x_train (200, 784) for"),
    "bare_fences.md": (["2"], "no block names its language; 2 of 5 are run as Python"),
    "cheat_sheet.md": (["(100, 1)", "True", "(50, 1)", "np.True_", "True"], "made up: x_train2 (200, 784) for"),
    "exported_html.md": (["(200, 20, 2)"], "made up: y_train"),
    "functional_api.md": (["(200, 100) (200, 5)"], "made up: headline_data (200, 100) for"),
    "generators.md": (["['class_0', 'class_1'] True"], "made up: train_generator of 200 samples for"),
    "house_prices.md": (["4 True"], "made up: train_targets (200,) for"),
    "indented_code.md": (["(200, 10)"], "no block names its language"),
    "jekyll_post.md": (["True True True"], "made up: train_images (200, 28, 28) for"),
    "keras1_parts.md": (["True"], "made up: nb_classes = 10"),
    "layers_reference.md": (["True", "1"], "left out, it shows a signature: keras.layers.Conv2D(filters, kernel_size"),
    "mnist_in_20_lines.md": (["True"], "repaired, it has typographic quotes: x_train = x_train[:400].reshape"),
    "myst_cells.md": (["(200, 16) (200,)"], "left out, for IPython only: %matplotlib inline"),
    "only_parts.md": (["Accuracy: True", "(3, 3)"], "made up: model, a Sequential of 2 Dense layers for iris"),
    "reviews_lstm.md": (["True 4", "Accuracy: 1"], "made up: max_features = 1000"),
    "sequential_guide_keras1.md": (["score has 2 numbers", "labels: (200, 10)"], "a print statement of Python 2"),
    "tf_data.md": (["3"], "made up: epochs = 3"),
}


def test_every_published_note_is_run() -> None:
    assert sorted(path.name for path in PUBLISHED.glob("*.md")) == sorted(NOTES)


@pytest.mark.parametrize("name", NOTES)
def test_a_published_note_runs_to_its_end(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    said: list[str] = []
    note = read_note(PUBLISHED / name, said.append)
    failures = run_note(note, options=RunOptions(announce=said.append))
    assert [str(failed) for failed in failures] == []
    lines, sentence = NOTES[name]
    assert capsys.readouterr().out.splitlines()[-len(lines) :] == lines
    assert any(sentence in text for text in said), said


def written(tmp_path: Path, text: str, name: str = "note.md"):
    path = tmp_path / name
    path.write_text(text)
    return read_note(path)


THREE = "```python\nprint(1)\n```\n\n```python\n1 / 0\n```\n\n```python\nprint(3)\nnothing_of_the_kind\n```\n"


def test_a_run_stops_at_the_first_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (failed,) = run_note(written(tmp_path, THREE))
    assert failed.line == 6
    assert capsys.readouterr().out == "1\n"


def test_a_run_may_keep_going(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failures = run_note(written(tmp_path, THREE), options=RunOptions(keeps_going=True))
    assert [failed.line for failed in failures] == [6, 11]
    assert capsys.readouterr().out == "1\n3\n"


def test_nothing_is_made_up_where_it_is_not_wanted(tmp_path: Path) -> None:
    note = written(tmp_path, "```python\nprint(x_train)\n```\n")
    (failed,) = run_note(note, options=RunOptions(makes_up=False))
    assert "--made-up makes data" in failed.advice


def test_scripts_get_nothing_unless_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = written(tmp_path, "print(x_train.shape)\n", "script.py")
    assert len(run_note(note)) == 1
    assert run_note(note, options=RunOptions(makes_up=True, announce=lambda text: None)) == []


def test_names_given_come_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_note(written(tmp_path, "```python\nprint(x_train)\n```\n"), {"x_train": 7}) == []
    assert capsys.readouterr().out == "7\n"


def test_future_imports_hold_for_the_statements_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "from __future__ import annotations\nclass A:\n    x: nowhere\nprint(A.__annotations__)\n"
    assert run_note(written(tmp_path, text, "script.py")) == []
    assert capsys.readouterr().out == "{'x': 'nowhere'}\n"


MAGICS = """\
%load_ext autoreload
%matplotlib inline
import os
from IPython.display import display
%time total = sum(range(10))
files = !echo a.py
!pip install nothing
display(total)
len?
files
"""


def test_a_notebook_with_magic_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    cells = [MAGICS, "%%bash\nexit 1", "%%timeit\nkeras_is = 1", "get_ipython().run_line_magic('cd', '..')\ntotal;"]
    text = json.dumps(
        {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": {}, "nbformat": 4}
    )
    said: list[str] = []
    assert run_note(written(tmp_path, text, "n.ipynb"), options=RunOptions(announce=said.append)) == []
    out = capsys.readouterr().out
    assert out.startswith("45\nlen(obj, /)") and out.endswith("['a.py']\n")
    assert [text.partition(": ")[2] for text in said] == [
        "left out, for IPython only: %load_ext autoreload",
        "left out, for IPython only: %matplotlib inline",
        "left out, a command for a shell: !pip install nothing",
        "left out, a cell for %%bash",
        "%cd ..",
    ]


def test_a_package_that_is_missing_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "skimage", None)
    (failed,) = run_note(written(tmp_path, "```python\nfrom skimage import io\n```\n"))
    assert failed.advice == "install the package that has 'skimage': pip install scikit-image"


def test_a_model_compiled_by_torch_works_with_late_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "```python\nclass Twice(Layer):\n    def call(self, x):\n        return x * factor\n\nfactor = 2\n"
        "model = Sequential([Twice(), Dense(1)])\nmodel.compile('sgd', 'mse', run_eagerly=False)\n"
        "model.fit(X, y, verbose=0)\nprint(model.predict(X, verbose=0).shape)\n```\n"
    )
    assert run_note(written(tmp_path, text), options=RunOptions(announce=lambda text: None)) == []
    assert capsys.readouterr().out.endswith(", 1)\n")
