"""The command `torchkeras-compat run`, called in this process, and once as a program."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat.cli.main import main
from torchkeras_compat.datasets.samples import switch
from torchkeras_compat.dialects.install import ROOTS


@pytest.fixture(autouse=True)
def nothing_imported():
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    yield
    sys.modules.update(hidden)


@pytest.fixture
def note(tmp_path: Path):
    def write(text: str, name: str = "note.md") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


TRAINS = """\
# A note

```python
model = Sequential([Dense(8, activation="relu", input_dim=4), Dense(3, activation="softmax")])
model.compile("adam", loss="categorical_crossentropy", metrics=["accuracy"])
```

And so on.

```python
history = model.fit(data, labels, batch_size=20, epochs=2, verbose=0)
print(len(history.history["loss"]), model.evaluate(eval_data, eval_labels, verbose=0)[0] > 0)
print(np.argmax(model.predict(new_data, verbose=0), axis=1).shape)
```
"""


def test_a_note_trains_without_imports_and_data(note, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(note(TRAINS))]) == 0
    assert capsys.readouterr().out == "2 True\n(3,)\n"


def test_the_same_seed_gives_the_same_numbers(note, capsys: pytest.CaptureFixture[str]) -> None:
    path = note(TRAINS.replace('print(len(history.history["loss"])', 'print(history.history["loss"]'))
    outputs = []
    for seed in ("0", "0", "1"):
        assert main(["run", str(path), "--seed", seed]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]


def test_a_table_takes_the_place_of_iris(note, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "table.csv"
    random = np.random.RandomState(0)
    rows = "".join(f"{a:.3f},{b:.3f},{'yes' if a > b else 'no'}\n" for a, b in random.rand(20, 2))
    table.write_text("a,b,bought\n" + rows)
    path = note("```python\nprint(data.shape, labels.shape, eval_data.shape, new_data.shape)\n```\n")
    assert main(["run", str(path), "--data", str(table), "--target", "bought"]) == 0
    out, err = capsys.readouterr()
    assert out == "(16, 2) (16, 1) (4, 2) (3, 2)\n"
    assert "bought is one of 2 classes: 0 = no, 1 = yes" in err


@pytest.mark.parametrize(
    ("line", "message", "advice"),
    [
        ("model.add(Dens(3))", "NameError: name 'Dens' is not defined", "Did you mean 'Dense'"),
        ("Dense(3, activation='rleu')", "UnknownNameError: .*'rleu'", None),
        ("import nosuchmodule", "ModuleNotFoundError: No module named 'nosuchmodule'", "pip install nosuchmodule"),
        (
            "from keras.nothing import x",
            "ModuleNotFoundError: `keras` has no name 'nothing' in torchkeras_compat",
            None,
        ),
        ("from keras.layers import Dens", "`keras.layers` has no name 'Dens'.*Did you mean 'Dense'", None),
        ("x = = 1", "SyntaxError: invalid syntax", "not Python as it stands"),
        ("open('gone.txt')", "FileNotFoundError", "give a path that exists"),
        ("[1, 2][5]", "IndexError: list index out of range", None),
    ],
)
def test_a_block_that_fails_is_reported_with_its_line(
    note, capsys: pytest.CaptureFixture[str], line: str, message: str, advice: str | None
) -> None:
    path = note(f"# Title\n\n```python\nmodel = Sequential()\n```\n\ntext\n\n```python\nprint('before')\n{line}\n```\n")
    assert main(["run", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out in ("before\n", "")
    assert f"{path}, line 11: " in err
    assert re.search(message, err), err
    assert f"    11 | {line}\n" in err
    assert ("What to do: " in err) == (advice is not None)
    assert (advice or "") in err.partition("What to do: ")[2]


def test_the_line_is_that_of_the_note_when_a_function_of_it_fails(note, capsys: pytest.CaptureFixture[str]) -> None:
    path = note("```python\ndef f():\n    return 1 / 0\n```\n\n```python\nf()\n```\n")
    assert main(["run", str(path), "--traceback"]) == 1
    err = capsys.readouterr().err
    assert "line 3: ZeroDivisionError" in err and "    3 | return 1 / 0" in err
    assert f'File "{path}", line 7' in err


def test_a_script_runs_as_main_with_its_arguments(note, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "import sys\nfrom keras.layers import Dense\nif __name__ == '__main__':\n    print(sys.argv[1:],"
        " Dense(3).units)\n"
    )
    assert main(["run", str(note(text, "script.py")), "--", "a", "--b"]) == 0
    assert capsys.readouterr().out == "['a', '--b'] 3\n"


def test_a_script_finds_the_modules_beside_it(note, capsys: pytest.CaptureFixture[str]) -> None:
    note("answer = 42\n", "beside_the_note.py")
    assert main(["run", str(note("import beside_the_note as b\nprint(b.answer)\n", "script.py"))]) == 0
    assert capsys.readouterr().out == "42\n"


def test_a_script_has_no_predefined_names(note, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(note("print(data)\n", "script.py"))]) == 1
    assert "line 1: NameError" in capsys.readouterr().err
    assert main(["run", str(note("print(data.shape)\n", "script.py")), "--data", "iris"]) == 0


def test_the_exit_status_of_a_script_is_passed_on(note) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["run", str(note("raise SystemExit(7)\n", "script.py"))])
    assert raised.value.code == 7


def notebook(*cells: str) -> str:
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": {}, "nbformat": 4}
    )


def test_a_notebook_shows_the_last_values_of_cells(note, capsys: pytest.CaptureFixture[str]) -> None:
    text = notebook("%matplotlib inline\nimport tensorflow as tf\na = 3", "a + 1", "a;", "None")
    assert main(["run", str(note(text, "n.ipynb"))]) == 0
    out, err = capsys.readouterr()
    assert out == "4\n"
    assert "left out, for IPython only: %matplotlib inline" in err


def test_a_cell_that_fails_is_named(note, capsys: pytest.CaptureFixture[str]) -> None:
    path = note(notebook("a = 1", "\nb = 1 / 0"), "n.ipynb")
    assert main(["run", str(path)]) == 1
    err = capsys.readouterr().err
    assert f"{path}[cell 2], line 2: ZeroDivisionError" in err
    assert "    2 | b = 1 / 0" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.md"], "There is no file gone.md"),
        (["NOTE", "--data", "gone.csv", "--target", "y"], "There is no file gone.csv"),
        (["NOTE", "--data", "gone.csv"], "needs --target COLUMN"),
        (["NOTE", "--target", "y"], "--target is about a column of a table"),
    ],
)
def test_what_cannot_be_read_is_status_two(
    note, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    path = str(note("```python\npass\n```\n"))
    assert main(["run", *(path if word == "NOTE" else word for word in arguments)]) == 2
    assert message in capsys.readouterr().err


def test_sample_data_need_no_network(note, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCHKERAS_SAMPLE_DATA", raising=False)
    monkeypatch.setattr(switch, "_announced", set())  # each sample is announced once in a process
    text = "from keras.datasets import mnist\n(x, y), _ = mnist.load_data()\nprint(x.shape, y.dtype)\n"
    assert main(["run", "--sample-data", str(note(text, "script.py"))]) == 0
    out, err = capsys.readouterr()
    assert out == "(6000, 28, 28) uint8\n"
    assert "6,000 generated samples in the place of the 60,000 of the dataset mnist" in err
    assert "TORCHKERAS_SAMPLE_DATA" not in os.environ


def test_what_is_made_up_is_said_on_lines_of_its_own(note, capsys: pytest.CaptureFixture[str]) -> None:
    text = """\
```python
model = Sequential([Dense(16, activation="relu", input_dim=784), Dense(num_classes, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train, epochs=epochs, verbose=0)
```
"""
    assert main(["run", str(note(text))]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "made up: num_classes = 10",
        "made up: x_train (200, 784) for sequential",
        "made up: y_train (200,) for sequential",
        "made up: epochs = 3",
    ]
    assert main(["run", "--no-made-up", str(note(text))]) == 1
    assert "NameError: name 'num_classes'" in capsys.readouterr().err


def test_keep_going_lists_what_failed(note, capsys: pytest.CaptureFixture[str]) -> None:
    path = note("```python\n1 / 0\n```\n\n```python\nprint(2)\n```\n\n```python\n[][1]\n```\n")
    assert main(["run", "--keep-going", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == "2\n"
    assert err.endswith(
        f"2 of 3 blocks failed:\n  {path}, line 2: ZeroDivisionError: division by zero\n"
        f"  {path}, line 10: IndexError: list index out of range\n"
    )


def test_epochs_and_quick_cut_training_short(note, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "```python\nmodel = Sequential([Dense(3, input_dim=4)])\nmodel.compile('sgd', 'mse')\n"
        "h = model.fit(data, labels, epochs=50, batch_size=1, verbose=0)\n"
        "print(len(h.epoch), int(model.optimizer.iterations))\n```\n"
    )
    assert main(["run", "--epochs", "2", str(note(text))]) == 0
    assert main(["run", "--quick", str(note(text))]) == 0
    assert capsys.readouterr().out == "2 400\n1 5\n"
    with pytest.raises(SystemExit):
        main(["run", "--epochs", "0", str(note(text))])


def test_results_are_saved_in_a_notebook(note, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = note(notebook("print('a')", "1 + 1", "1 / 0"), "n.ipynb")
    assert main(["run", "--save", str(tmp_path / "out.ipynb"), str(path)]) == 1
    cells = json.loads((tmp_path / "out.ipynb").read_text())["cells"]
    assert [cell["outputs"][0]["output_type"] for cell in cells] == ["stream", "execute_result", "error"]
    assert main(["run", "--save", "out.txt", str(path)]) == 2
    assert "--save writes a notebook" in capsys.readouterr().err


def test_tables_have_the_customary_names(note, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a;b;c\n" + "1,5;red;3\n2,5;blue;4\n" * 6)
    text = "```python\nprint(X_train.shape, y_train.shape, x_test.shape, sorted(set(y_train.ravel())))\n```\n"
    arguments = ["--data", str(table), "--target", "c"]
    assert main(["run", str(note(text)), *arguments, "--regression"]) == 0
    assert capsys.readouterr().out == "(9, 3) (9, 1) (3, 3) [np.float32(3.0), np.float32(4.0)]\n"


def test_a_traceback_shows_the_frames_of_the_note(
    note, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = note("```python\ndef f():\n    Dense(-1)\n\nf()\n```\n")
    monkeypatch.setenv("TORCHKERAS_TRACEBACK", "")
    assert main(["run", "--traceback", str(path)]) == 1
    short = capsys.readouterr().err
    assert short.count('  File "') == 2 and "torchkeras_compat/layers" not in short
    monkeypatch.setenv("TORCHKERAS_TRACEBACK", "full")
    assert main(["run", "--traceback", str(path)]) == 1
    assert "torchkeras_compat/layers" in capsys.readouterr().err


def test_classes_of_a_note_can_be_pickled(note, capsys: pytest.CaptureFixture[str]) -> None:
    text = "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)\n"
    assert main(["run", str(note(text, "script.py"))]) == 0
    assert capsys.readouterr().out == "True\n"


def test_the_program_reports_by_its_exit_status(note) -> None:
    path = note("```python\nprint(keras.layers.Dense(3).units)\n1 / 0\n```\n")
    command = [sys.executable, "-m", "torchkeras_compat", "run", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "3\n")
    assert f"{path}, line 3: ZeroDivisionError: division by zero" in done.stderr
    assert "Traceback" not in done.stderr


def test_output_in_a_file_has_no_control_characters(note) -> None:
    path = note(TRAINS.replace("verbose=0", "verbose=1"))
    done = subprocess.run([sys.executable, "-m", "torchkeras_compat", "run", str(path)], capture_output=True, text=True)
    assert done.returncode == 0
    assert not set(done.stdout) & {"\r", "\b", "\x1b"}
    assert re.search(r"7/7 ━{20} \d+s .*/step - accuracy: |7/7 ━{20} \d+s .*/step - loss: ", done.stdout)
