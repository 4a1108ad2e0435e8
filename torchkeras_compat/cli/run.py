"""``torchkeras-compat run NOTE``: run the code of a note."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torchkeras_compat.datasets.samples.switch import VARIABLE
from torchkeras_compat.notes.data import NoteData, csv_data, iris_data
from torchkeras_compat.notes.failure import Failure
from torchkeras_compat.notes.note import Note, read_note
from torchkeras_compat.notes.run import RunOptions, run_note, say
from torchkeras_compat.notes.saved_notebook import SavedNotebook
from torchkeras_compat.notes.short_training import STEPS, ShortTraining
from torchkeras_compat.random.seeding import set_random_seed
from torchkeras_compat.tracebacks import VARIABLE as TRACEBACK
from torchkeras_compat.tracebacks import hides_frames, users_frames

DIALECTS = ("keras1", "keras2", "tf.keras", "keras3")
EPILOG = """\
In Markdown notes the names of Keras, np, keras, tf, plt, pd, os, nn and F need no import. Data that a note leaves out
are made when a statement needs them, for the model that it gives them to, and announced:
  x_train, y_train, x_val, x_test, train_images, X, y, data, labels, train_ds, ...   arrays and batches
  num_classes, vocab_size, maxlen, embedding_dim, batch_size, epochs, ...             constants
They are iris flowers, which come with the package, where a model has 4 features and 3 classes. --no-made-up makes none;
--made-up makes them for scripts and notebooks too.
--data iris takes the flowers, --data FILE.csv --target COLUMN takes a table. Words and integers in the column are
classes, other numbers are predicted as they are; with --regression integers, too. Words in other columns become columns
of 0 and 1, empty cells have the median.
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
    parser.add_argument("--dialect", choices=DIALECTS, help="the Keras that the note was written for (default: found)")
    parser.add_argument("--data", metavar="iris|FILE.csv", help="the data that the note leaves out")
    parser.add_argument("--target", metavar="COLUMN", help="the column of FILE.csv to predict")
    parser.add_argument("--regression", action="store_true", help="predict integers of the column as numbers")
    parser.add_argument(
        "--made-up",
        action=argparse.BooleanOptionalAction,
        help="make arrays and constants that the note never defines (default: for Markdown)",
    )
    parser.add_argument("--sample-data", action="store_true", help="generate the data that keras.datasets downloads")
    parser.add_argument("--epochs", metavar="N", type=_positive, help="train for N epochs at most")
    parser.add_argument("--quick", action="store_true", help=f"train for one epoch of {STEPS} steps at most")
    parser.add_argument("--keep-going", action="store_true", help="run every block, and list those that failed")
    parser.add_argument("--save", metavar="OUT.ipynb", type=Path, help="write a notebook with the outputs")
    parser.add_argument("--seed", type=int, default=0, help="of all random numbers (default: %(default)s)")
    parser.add_argument(
        "--traceback",
        action="store_true",
        help=f"show the traceback of a block that fails; {TRACEBACK}=full shows the frames of this package too",
    )
    parser.set_defaults(command=command)


def command(given: argparse.Namespace) -> int:
    """Run the note and return the exit status."""
    try:
        set_random_seed(given.seed)
        note = read_note(given.note, say)
        data = _data(given)
        if given.save is not None and given.save.suffix != ".ipynb":
            raise ValueError(f"--save writes a notebook. Received: {given.save}. Give a name that ends in .ipynb.")
    except (OSError, ValueError) as error:
        print(f"torchkeras-compat run: {error}", file=sys.stderr)
        return 2
    listener = SavedNotebook(note) if given.save is not None else None
    options = RunOptions(
        makes_up=given.made_up,
        keeps_going=given.keep_going,
        table=None if data is None else data.parts,
        listener=listener,
    )
    try:
        failures = _in_its_place(given, lambda: _run(note, given, options))
    finally:
        if listener is not None:
            listener.save(given.save)
    _report(failures, len(note.blocks), given)
    return 1 if failures else 0


def _run(note: Note, given: argparse.Namespace, options: RunOptions) -> list[Failure]:
    with ShortTraining(given.epochs, quick=given.quick):
        return run_note(note, dialect=given.dialect, options=options)


def _in_its_place(given: argparse.Namespace, run: Callable[[], list[Failure]]) -> list[Failure]:
    """Run a note with the arguments, the folder and the environment that it expects, and put all of it back."""
    argv, path, samples = sys.argv, list(sys.path), os.environ.get(VARIABLE)
    sys.argv = [str(given.note), *given.arguments]
    sys.path.insert(0, str(given.note.resolve().parent))
    if given.sample_data and samples != "full":
        os.environ[VARIABLE] = "1"
    try:
        return run()
    finally:
        if samples is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = samples
        sys.argv, sys.path[:] = argv, path
        sys.stdout.flush()


def _report(failures: Sequence[Failure], blocks: int, given: argparse.Namespace) -> None:
    for failed in failures:
        if given.traceback:
            error = failed.error
            trace = users_frames(error.__traceback__) if hides_frames() else error.__traceback__
            traceback.print_exception(type(error), error, trace)
        print(f"\n{failed}", file=sys.stderr)
    if given.keep_going and failures:
        print(f"\n{len(failures)} of {blocks} blocks failed:", file=sys.stderr)
        for failed in failures:
            print(f"  {failed.headline.partition(chr(10))[0]}", file=sys.stderr)


def _data(given: argparse.Namespace) -> NoteData | None:
    source = given.data
    if source in (None, "iris"):
        for option in ("target", "regression"):
            if getattr(given, option):
                raise ValueError(f"--{option} is about a column of a table. Give the file as --data FILE.csv.")
        if source is None:
            return None
        data = iris_data()
    elif given.target is None:
        raise ValueError(f"--data {source} needs --target COLUMN, the column to predict.")
    else:
        data = csv_data(source, given.target, regression=given.regression)
    say(data.description)
    return data


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"a number of epochs, at least 1. Received: {text}")
    return value
