"""The names that Markdown notes use without importing them."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from torchkeras_compat.notes.late_names import MISSING, Use

# Where a bare name is looked for, in this order.
NAMESPACES = (
    "keras",
    "keras.layers",
    "keras.models",
    "keras.callbacks",
    "keras.optimizers",
    "keras.losses",
    "keras.metrics",
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.utils",
    "keras.saving",
    "keras.datasets",
    "keras.preprocessing.text",
    "keras.preprocessing.sequence",
    "keras.preprocessing.image",
)
MODULES = {
    "F": "torch.nn.functional",
    "K": "keras.backend",
    "cv2": "cv2",
    "datetime": "datetime",
    "glob": "glob",
    "itertools": "itertools",
    "json": "json",
    "keras": "keras",
    "math": "math",
    "nn": "torch.nn",
    "np": "numpy",
    "np_utils": "keras.utils",
    "numpy": "numpy",
    "os": "os",
    "pandas": "pandas",
    "pathlib": "pathlib",
    "pd": "pandas",
    "pickle": "pickle",
    "plt": "matplotlib.pyplot",
    "random": "random",
    "re": "re",
    "scipy": "scipy",
    "sklearn": "sklearn",
    "sns": "seaborn",
    "sys": "sys",
    "tensorflow": "tensorflow",
    "tf": "tensorflow",
    "time": "time",
    "torch": "torch",
}
# Functions and classes of other packages that notes use as if everybody had imported them.
OTHERS = {
    "Path": "pathlib.Path",
    "accuracy_score": "sklearn.metrics.accuracy_score",
    "classification_report": "sklearn.metrics.classification_report",
    "confusion_matrix": "sklearn.metrics.confusion_matrix",
    "mean_squared_error": "sklearn.metrics.mean_squared_error",
    "LabelBinarizer": "sklearn.preprocessing.LabelBinarizer",
    "LabelEncoder": "sklearn.preprocessing.LabelEncoder",
    "MinMaxScaler": "sklearn.preprocessing.MinMaxScaler",
    "StandardScaler": "sklearn.preprocessing.StandardScaler",
    "train_test_split": "sklearn.model_selection.train_test_split",
}


class Predefined:
    """Finds Keras's names, its namespaces, ``np``, ``keras``, ``tf``, ``plt``, ... when a note uses them.

    Only what is used is imported. What is found goes into the namespace of the note.

    Args:
        namespace: Of the note.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace

    def __call__(self, use: Use) -> Any:
        """Return the value of a name, or MISSING.

        Raises:
            ModuleNotFoundError: the name stands for a package that is not installed.
        """
        found = predefined(use.name)
        if found is not MISSING:
            self.namespace[use.name] = found
        return found


def predefined(name: str) -> Any:
    """Return what a bare name of a Markdown note stands for; MISSING if for nothing.

    Raises:
        ModuleNotFoundError: for a package that is not installed.
    """
    if name in MODULES:
        return importlib.import_module(MODULES[name])
    if name in OTHERS:
        module, _, attribute = OTHERS[name].rpartition(".")
        return getattr(importlib.import_module(module), attribute)
    if name == "xrange":  # of Python 2
        return range
    if name.startswith("_"):
        return MISSING
    for path in NAMESPACES:
        try:
            module_of_keras = importlib.import_module(path)
        except ModuleNotFoundError:
            continue
        if name in dir(module_of_keras):
            return getattr(module_of_keras, name)
    return MISSING


def all_names() -> list[str]:
    """Return every name that may stand in a Markdown note without an import."""
    names = {*MODULES, *OTHERS}
    for path in NAMESPACES:
        if importlib.util.find_spec(path) is not None:
            names.update(dir(importlib.import_module(path)))
    return sorted(name for name in names if not name.startswith("_"))
