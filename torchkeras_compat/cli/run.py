"""``torchkeras-compat run NOTE``: run the code of a note."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from torchkeras_compat.datasets.samples.switch import VARIABLE
from torchkeras_compat.notes.data import csv_data, iris_data
from torchkeras_compat.notes.note import read_note
from torchkeras_compat.notes.run import run_note
from torchkeras_compat.random.seeding import set_random_seed

EPILOG = """\
In Markdown notes the names of Keras, np, keras and tf need no import, and the data that notes leave out are defined:
  data, labels            to train with
  eval_data, eval_labels  held out
  new_data                three new observations
--data iris (the default) takes iris flowers, which come with the package: 4 features, 3 classes, one-hot labels.
--data FILE.csv --target COLUMN takes a table. Words and integers in the column are classes (two: one column of 0 and 1;
more: one-hot), other numbers are predicted as they are. The other columns must be numbers.
Scripts and notebooks get these names only when --data is given.
--sample-data, or TORCHKERAS_SAMPLE_DATA=1, generates data where a note loads keras.datasets.mnist, imdb and others: of
the same shapes and dtypes, fewer samples, no download. TORCHKERAS_SAMPLE_DATA=full generates as many as there are.

Exit status: 0 if the note ran to its end, 1 if a block failed, 2 if the note or the data could not be read.
"""


def add_parser(commands: Any) -> None:
    """Add the sub-command to the parser of the command."""
    parser = commands.add_parser(
        "run",
        help="run the Python code of a Markdown file, a script or a notebook",
        description="Run the Python code of NOTE, in order and in one namespace, with `keras` and `tensorflow.keras` "
        "meaning torchkeras_compat.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("note", metavar="NOTE", type=Path, help="a .md, .py or .ipynb file")
    parser.add_argument("arguments", metavar="ARG", nargs="*", help="what a script finds in sys.argv; after --")
    parser.add_argument("--data", metavar="iris|FILE.csv", help="the data that the note leaves out")
    parser.add_argument("--target", metavar="COLUMN", help="the column of FILE.csv to predict")
    parser.add_argument("--sample-data", action="store_true", help="generate the data that keras.datasets downloads")
    parser.add_argument("--seed", type=int, default=0, help="of all random numbers (default: %(default)s)")
    parser.add_argument("--traceback", action="store_true", help="show the whole traceback of a block that fails")
    parser.set_defaults(command=command)


def command(given: argparse.Namespace) -> int:
    """Run the note and return the exit status."""
    try:
        set_random_seed(given.seed)
        note = read_note(given.note)
        names = _data(given, is_markdown=note.kind == "markdown")
    except (OSError, ValueError) as error:
        print(f"torchkeras-compat run: {error}", file=sys.stderr)
        return 2
    argv, path, samples = sys.argv, list(sys.path), os.environ.get(VARIABLE)
    sys.argv = [str(given.note), *given.arguments]
    sys.path.insert(0, str(given.note.resolve().parent))
    if given.sample_data and samples != "full":
        os.environ[VARIABLE] = "1"
    try:
        failed = run_note(note, names)
    finally:
        if samples is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = samples
        sys.argv, sys.path[:] = argv, path
        sys.stdout.flush()
    if failed is None:
        return 0
    if given.traceback:
        traceback.print_exception(failed.error)
    print(f"\n{failed}", file=sys.stderr)
    return 1


def _data(given: argparse.Namespace, *, is_markdown: bool) -> dict[str, Any]:
    source = given.data or ("iris" if is_markdown else None)
    if source in (None, "iris"):
        if given.target is not None:
            raise ValueError("--target names a column of a CSV file. Give the file as --data FILE.csv.")
        if source is None:
            return {}
        data = iris_data()
    elif given.target is None:
        raise ValueError(f"--data {source} needs --target COLUMN, the column to predict.")
    else:
        data = csv_data(source, given.target)
    if given.data:
        print(data.description, file=sys.stderr)
    return data.names()
