"""Which dialect a source is written in, by the modules, names and arguments that each version of Keras had."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from torchkeras_compat.dialects.arguments import DROPPED, RENAMED
from torchkeras_compat.dialects.dialect import (
    DIALECTS,
    KERAS1,
    KERAS2,
    KERAS3,
    MIXED,
    MIXED_WITH_TENSORS,
    TF_KERAS,
    Dialect,
)
from torchkeras_compat.dialects.names.modules import ROWS as MODULE_ROWS
from torchkeras_compat.dialects.names.table import BY_PATH
from torchkeras_compat.dialects.old_signatures import read_signatures
from torchkeras_compat.dialects.translation import ANYWHERE, accepted
from torchkeras_compat.dialects.versions import having
from torchkeras_compat.public_names import named, names_in


@dataclass(frozen=True)
class Detection:
    """The dialect of a source.

    Args:
        dialect: Its name.
        reason: What shows it.
        wants_tensors: Whether it uses tensors as TensorFlow's, and not torch's.
    """

    dialect: str
    reason: str
    wants_tensors: bool = False

    @property
    def installed(self) -> str:
        """Name of the dialect to install: where nothing shows an older Keras, calls of any version are understood."""
        if self.dialect != KERAS3.name:
            return self.dialect
        return MIXED_WITH_TENSORS.name if self.wants_tensors else MIXED.name

    def __str__(self) -> str:
        return f"the code is read as {DIALECTS[self.dialect].title} ({self.reason})"


@dataclass
class Evidence:
    """What speaks against each dialect.

    Attributes:
        against: Names and arguments that a dialect does not have, for each.
        uses_tensorflow: Whether Keras is imported from TensorFlow, or TensorFlow itself.
        imports_keras: Whether Keras is imported by itself.
        imports_torch: Whether torch is imported.
        uses_tensors: Whether TensorFlow is imported, or ``.numpy()`` called.
    """

    against: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in DIALECTS})
    uses_tensorflow_keras: bool = False
    imports_keras: bool = False
    imports_torch: bool = False
    uses_tensors: bool = False

    def note(self, what: str, had_by: Iterable[Dialect]) -> None:
        """Note something that only some dialects have."""
        having = {dialect.name for dialect in had_by}
        if having:  # what none has is a mistake, or the user's own
            for name in self.against.keys() - having:
                self.against[name][what] += 1


def detect(sources: Iterable[str]) -> Detection:
    """Return the dialect that most of what a program uses belongs to.

    Args:
        sources: Python code; what cannot be parsed tells nothing.

    Example:
        >>> print(detect(["from keras.layers import Dense\\nDense(output_dim=3, init='uniform')"]).dialect)
        keras1
        >>> print(detect(["from tensorflow import keras\\nkeras.layers.Dense(3)"]).dialect)
        tf.keras
    """
    evidence = Evidence()
    for source in sources:
        for tree in _parsed(source):
            _read(tree, evidence)
    order = [TF_KERAS] if evidence.uses_tensorflow_keras and not evidence.imports_keras else [KERAS3, KERAS2, KERAS1]
    best = min(order, key=lambda dialect: (sum(evidence.against[dialect.name].values()), order.index(dialect)))
    wants_tensors = evidence.uses_tensors and not evidence.imports_torch
    return Detection(best.name, _reason(best, order[0], evidence), wants_tensors)


def _reason(best: Dialect, default: Dialect, evidence: Evidence) -> str:
    if best is default:
        return "it imports tensorflow.keras" if best is TF_KERAS else "nothing in it is of an older Keras"
    shown = evidence.against[default.name] - evidence.against[best.name]
    return "it uses " + ", ".join(what for what, _ in shown.most_common(3))


def _parsed(source: str) -> list[ast.Module]:
    """Return the code as a tree; what Python 3 does not understand is left out line by line."""
    try:
        return [ast.parse(source)]
    except _UNPARSED:
        pass
    text = re.sub(r"^([ \t]*)print (?!\()(.*)$", r"\1print(\2)", source, flags=re.M)
    text = re.sub(r"^[ \t]*[%!].*$", "", text, flags=re.M)
    try:
        return [ast.parse(text)]
    except _UNPARSED:
        return []


# What the parser raises where it does not understand code, or where that is nested too deeply for it.
_UNPARSED = (SyntaxError, ValueError, RecursionError, MemoryError)


def _read(tree: ast.Module, evidence: Evidence) -> None:
    own = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    spaces = _spaces_by_alias(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                _read_module(alias.name, evidence)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            _read_module(node.module, evidence)
            if node.module == "__future__" and any(alias.name in _OF_PYTHON_2 for alias in node.names):
                evidence.note("`from __future__` for Python 2", (KERAS1, KERAS2, TF_KERAS))
            path = _below_keras(node.module)
            for alias in node.names:
                if path is not None:
                    _note_name(path, alias.name, evidence)
                elif node.module == "tensorflow" and alias.name == "keras":
                    evidence.uses_tensorflow_keras = True
        elif isinstance(node, ast.Attribute):
            chain = _chain(node)
            if chain is not None and chain[0] in spaces and len(chain) > 1:
                full = ".".join([spaces[chain[0]], *chain[1:]])
                path = _below_keras(full)
                evidence.uses_tensorflow_keras |= full.startswith("tensorflow.keras.")
                if path is not None and "." in path:
                    _note_name(path.rpartition(".")[0], path.rpartition(".")[2], evidence)
        elif isinstance(node, ast.Call):
            _read_call(node, own, evidence)
        elif isinstance(node, ast.Constant) and node.value in ("val_acc", "acc"):
            evidence.note(f"{node.value!r} in logs", (KERAS1, KERAS2))


def _read_module(module: str, evidence: Evidence) -> None:
    root = module.partition(".")[0]
    evidence.imports_keras |= root == "keras"
    evidence.imports_torch |= root == "torch"
    evidence.uses_tensors |= root == "tensorflow"
    evidence.uses_tensorflow_keras |= module.startswith(("tensorflow.keras", "tensorflow.python.keras", "tf_keras"))
    path = _below_keras(module)
    versions = _module_versions().get(path or "")
    if versions is not None:
        evidence.note(f"`{module}`", having(versions))


def _read_call(node: ast.Call, own: set[str], evidence: Evidence) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
    evidence.uses_tensors |= name == "numpy" and not node.args
    if name is None or name in own:
        return
    paths = [f"models.Model.{name}"] if name in _METHODS else _public_paths().get(name, ())
    keywords = dict.fromkeys(keyword.arg for keyword in node.keywords if keyword.arg)  # in their order
    for path in paths[:1]:
        for keyword in keywords:
            having = _taking(path, keyword)
            if having and len(having) < len(DIALECTS):
                evidence.note(f"`{name}({keyword}=)`", having)
    if name in ("Convolution2D", "Convolution3D") and len(node.args) >= 3 and all(map(_is_size, node.args[1:3])):
        evidence.note(f"`{name}(n, rows, columns)`", (KERAS1,))
    if name in _ONLY_KERAS2_METHODS:
        evidence.note(f"`{name}`", (KERAS1, KERAS2, TF_KERAS))


_OF_PYTHON_2 = frozenset("absolute_import division print_function unicode_literals".split())
_METHODS = frozenset("fit evaluate predict compile fit_generator evaluate_generator predict_generator".split())
_ONLY_KERAS2_METHODS = frozenset(
    "fit_generator evaluate_generator predict_generator predict_classes predict_proba to_yaml model_from_yaml".split()
)


def _is_size(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Constant)) and not isinstance(getattr(node, "value", 0), (str, float))


def _note_name(path: str, name: str, evidence: Evidence) -> None:
    row = BY_PATH.get(f"{path}.{name}" if path else name)
    if row is not None:
        core = name in _core_names(path)
        evidence.note(f"`{path}.{name}`".replace("`.", "`"), [*having(row.versions), *((KERAS3,) if core else ())])


@functools.cache
def _core_names(path: str) -> frozenset[str]:
    try:
        return names_in(path)
    except ModuleNotFoundError:
        return frozenset()


@functools.cache
def _taking(path: str, keyword: str) -> tuple[Dialect, ...]:
    """Return the dialects whose version had an argument."""
    return tuple(dialect for dialect in DIALECTS.values() if _takes(dialect, path, keyword))


def _takes(dialect: Dialect, path: str, keyword: str) -> bool:
    """Return whether a version had an argument."""
    if keyword in ANYWHERE or keyword == "weights":
        return True
    if dialect is KERAS3:
        try:
            names, _ = accepted(named(path))
        except (AttributeError, TypeError, ValueError):
            return False
        return keyword in names
    signature = dialect.signature(path)
    if signature is None:
        return False
    if keyword in signature.defaults:
        return True
    renamed = [row for row in RENAMED if row.old == keyword and any(new in signature.defaults for new in row.new)]
    names_now = {new for row in RENAMED if row.old in signature.defaults for new in row.new} | signature.defaults.keys()
    dropped = [row for row in DROPPED if row.old == keyword and row.beside in names_now]
    versions = [*(row.versions for row in renamed), *(row.versions for row in dropped)]
    return any(dialect in having(those) for those in versions) or keyword in _IN_KEYWORDS


# What only some constructors name, and others take among their keyword arguments.
_IN_KEYWORDS = frozenset(
    "decay epsilon return_sequences return_state go_backwards stateful unroll clipnorm clipvalue".split()
)


@functools.cache
def _module_versions() -> dict[str, str]:
    return {row.path: row.versions for row in MODULE_ROWS if row.path not in ("backend", "")}


@functools.cache
def _public_paths() -> dict[str, tuple[str, ...]]:
    """Return the paths of public classes and functions by their names, of all versions."""
    found: dict[str, tuple[str, ...]] = {}
    for dialect in DIALECTS.values():
        if dialect.file is None:
            continue
        for path in read_signatures(dialect.file):
            if path.startswith(("layers.", "optimizers.", "callbacks.", "models.", "regularizers.", "constraints.")):
                name = path.rpartition(".")[2]
                if path.count(".") == 1:
                    found[name] = (*found.get(name, ()), *(() if path in found.get(name, ()) else (path,)))
    return found


def _spaces_by_alias(tree: ast.Module) -> dict[str, str]:
    """Return the modules of Keras and TensorFlow by the names that the code gives them."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] in ("keras", "tensorflow", "tf_keras"):
                    found[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module.partition(".")[0] in ("keras", "tensorflow", "tf_keras"):
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def _chain(node: ast.Attribute) -> list[str] | None:
    parts: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    return [inner.id, *reversed(parts)] if isinstance(inner, ast.Name) else None


def _below_keras(module: str) -> str | None:
    for root in ("tensorflow.python.keras", "tensorflow.keras", "tf_keras", "keras"):
        if module == root or module.startswith(root + "."):
            return module[len(root) + 1 :]
    return None
