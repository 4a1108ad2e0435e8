"""Trained models as each old Keras wrote them, and what its optimizers compute next, in NumPy.

Layouts and formulas: Keras 1.0.8, 1.1.2, 1.2.2, 2.0.0 to 2.3.1, `keras/optimizers.py` and `models.py` (read for the
names, counts and orders alone); files of tf.keras 2.15.1 with its optimizers and those of `optimizers.legacy`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import h5py
import numpy as np

Arrays = list[np.ndarray]
WEIGHTS = ("b/kernel", "b/bias", "a/kernel", "a/bias")  # in the order of the layers, which is not that of their names
X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]])
Y = np.array([[1.0, 0.0], [0.5, -0.5], [0.0, 2.0]])
_UPDATES = 7


class Case(NamedTuple):
    """One optimizer of one version.

    Args:
        version: ``keras_version``.
        name: Class of the optimizer.
        settings: Its config, beside the learning rate.
        backend: ``"tensorflow"`` or ``"theano"``.
    """

    version: str
    name: str
    settings: dict[str, Any]
    backend: str = "tensorflow"

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(n) for n in self.version.removesuffix("-tf").split("."))

    @property
    def is_tf(self) -> bool:
        return self.version.endswith("-tf") or self.numbers >= (2, 4)

    @property
    def family(self) -> str:
        """``lists``, ``v2`` (`optimizers.legacy`) or ``new``."""
        if self.numbers >= (2, 11):
            return "new"
        return "v2" if self.is_tf and self.numbers >= (2, 2, 4) else "lists"

    @property
    def slots(self) -> tuple[str, ...]:
        slots = {
            "SGD": ("m",),
            "RMSprop": ("a",),
            "Adagrad": ("a",),
            "Adadelta": ("a", "d"),
            "Adam": ("m", "v"),
            "Adamax": ("m", "u"),
            "Nadam": ("m", "v"),
            "Ftrl": ("a", "linear"),
        }[self.name]
        return (*slots, "vhat") if self.settings.get("amsgrad") else slots

    def __str__(self) -> str:
        settings = "-".join(f"{k}={v}" for k, v in self.settings.items())
        return f"{self.version}-{self.backend}-{self.name}-{settings}"


def start() -> Arrays:
    values = np.random.default_rng(5)
    return [np.float32(values.normal(size=(2, 2) if "kernel" in name else 2)) for name in WEIGHTS]


def first_state(case: Case) -> dict[str, Arrays]:
    values = np.random.default_rng(6)
    signed = ("m", "linear")
    return {
        slot: [np.float32(values.normal(size=w.shape) * 0.1 if slot in signed else values.uniform(0.1, 1, w.shape))
               for w in start()]
        for slot in case.slots
    }  # fmt: skip


# -- the numbers -----------------------------------------------------------------------------------------------------


def _gradients(weights: Arrays) -> Arrays:
    kernel_b, bias_b, kernel_a, bias_a = weights
    hidden = X @ kernel_b + bias_b
    error = 2.0 * (hidden @ kernel_a + bias_a - Y) / Y.size
    below = error @ kernel_a.T
    return [X.T @ below, below.sum(0), hidden.T @ error, error.sum(0)]


def _clipped(case: Case, gradients: Arrays) -> Arrays:
    norm, value = case.settings.get("clipnorm"), case.settings.get("clipvalue")
    if norm:
        together = np.sqrt(sum((g**2).sum() for g in gradients))
        norms = [np.sqrt((g**2).sum()) if case.is_tf else together for g in gradients]
        gradients = [g * min(1.0, norm / n) for g, n in zip(gradients, norms, strict=True)]
    return [np.clip(g, -value, value) for g in gradients] if value else gradients


def rate(case: Case) -> float:
    return 0.5 if case.name == "Adadelta" else 0.05


def epsilon(case: Case) -> float:
    return float(case.settings.get("epsilon") or 1e-7)


def is_counted(case: Case) -> bool:
    """Whether the file says how many updates there were."""
    return case.family != "lists" or case.numbers >= (2, 3) or case.name not in ("RMSprop", "Adagrad", "Adadelta")


def after(case: Case, steps: int) -> Arrays:
    """Return the weights after some more steps, in double precision."""
    weights = [w.astype("float64") for w in start()]
    state = {slot: [a.astype("float64") for a in arrays] for slot, arrays in first_state(case).items()}
    product = momenta(case, _UPDATES)
    first = _UPDATES if is_counted(case) else 0  # a decay starts again where the count is not in the file
    for t in range(first + 1, first + 1 + steps):
        gradients = _clipped(case, _gradients(weights))
        decay = case.settings.get("decay", 0.0) if case.name != "Nadam" else 0.0
        now = rate(case) / (1.0 + decay * (t - 1))
        product *= momentum(case, t)
        for i, g in enumerate(gradients):
            slots = {slot: arrays[i] for slot, arrays in state.items()}
            weights[i], new = _updated(case, weights[i], g, slots, now, t, product)
            for slot, value in new.items():
                state[slot][i] = value
    return weights


def momentum(case: Case, t: int) -> float:
    pace = 1.0 if case.family == "new" else 0.004
    return float(0.9 * (1.0 - 0.5 * 0.96 ** (t * pace)))


def momenta(case: Case, updates: int) -> float:
    return float(np.prod([momentum(case, t) for t in range(1, updates + 1)]))


def _updated(case: Case, w: Any, g: Any, s: Any, rate: float, t: int, product: float) -> tuple[Any, dict[str, Any]]:
    e = epsilon(case)
    if case.name == "SGD":
        share = case.settings.get("momentum", 0.0)
        m = share * s["m"] - rate * g if share or case.family == "lists" else -rate * g
        return (w + share * m - rate * g if case.settings.get("nesterov") else w + m), {"m": m}
    if case.name in ("RMSprop", "Adagrad"):
        a = 0.9 * s["a"] + 0.1 * g**2 if case.name == "RMSprop" else s["a"] + g**2
        return w - rate * g / (np.sqrt(a + e) if case.family == "new" else np.sqrt(a) + e), {"a": a}
    if case.name == "Adadelta":
        a = 0.95 * s["a"] + 0.05 * g**2
        step = g * np.sqrt(s["d"] + e) / np.sqrt(a + e)
        return w - rate * step, {"a": a, "d": 0.95 * s["d"] + 0.05 * step**2}
    if case.name == "Ftrl":
        a = s["a"] + g**2
        linear = s["linear"] + g - (np.sqrt(a) - np.sqrt(s["a"])) / rate * w
        return -linear * rate / np.sqrt(a), {"a": a, "linear": linear}
    m = 0.9 * s["m"] + 0.1 * g
    if case.name == "Adamax":
        u = np.maximum(0.999 * s["u"], abs(g))
        return w - rate / (1 - 0.9**t) * m / (u + e), {"m": m, "u": u}
    v = 0.999 * s["v"] + 0.001 * g**2
    if case.name == "Adam":
        largest = np.maximum(s["vhat"], v) if "vhat" in s else v
        step = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(largest) + e)
        return w - step, {"m": m, "v": v, **({"vhat": largest} if "vhat" in s else {})}
    now, later = momentum(case, t), momentum(case, t + 1)
    mean = (1 - now) * g / (1 - product) + later * m / (1 - product * later)
    return w - rate * mean / (np.sqrt(v / (1 - 0.999**t)) + e), {"m": m, "v": v}


# -- the files -------------------------------------------------------------------------------------------------------


def _config(case: Case) -> dict[str, Any]:
    layers = []
    for name in "ba":
        is_first = name == "b"
        settings: dict[str, Any] = {"name": name, "trainable": True, "activation": "linear"}
        if case.numbers < (2,):
            settings.update(output_dim=2, bias=True, input_dim=2, init="glorot_uniform")
        else:
            settings.update(units=2, use_bias=True)
        if is_first:
            settings["batch_input_shape"] = [None, 2]
            settings["input_dtype" if case.numbers < (2,) else "dtype"] = "float32"
        layers.append({"class_name": "Dense", "config": settings})
    return {
        "class_name": "Sequential",
        "config": layers if case.numbers < (2, 2, 3) else {"name": "s", "layers": layers},
    }


def _training(case: Case) -> dict[str, Any]:
    known = "lr" if case.numbers < (2, 3) and case.family == "lists" else "learning_rate"
    config: dict[str, Any] = {known: rate(case), **case.settings}
    name = case.name
    if case.name not in ("SGD", "Ftrl"):
        config.setdefault("epsilon", 1e-7)
    if case.family != "lists":
        config["name"] = case.name
    if case.name == "Nadam" and case.family == "v2":
        config["decay"] = 0.004
    elif case.name == "Nadam" and case.family == "lists":
        config["schedule_decay"] = 0.004
    elif case.family == "v2" or (case.family == "lists" and case.numbers >= (1, 1)):
        config.setdefault("decay", 0.0)
    if case.family == "new":
        config.update(weight_decay=None, use_ema=False, jit_compile=False, is_legacy_optimizer=False)
        name = f"Custom>{name}"
    return {
        "optimizer_config": {"class_name": name, "config": config},
        "loss": "mse",
        "metrics": [],
        "sample_weight_mode": None,
        "loss_weights": None,
    }


def _weight_name(case: Case, weight: str) -> str:
    if case.numbers < (2,):
        return weight.replace("/kernel", "_W").replace("/bias", "_b") + ":0" * (case.backend == "tensorflow")
    return f"{weight}:0" if case.backend == "tensorflow" else weight


_LISTED = {
    "SGD": ("moment",),
    "RMSprop": ("accumulator",),
    "Adagrad": ("accumulator",),
    "Adadelta": ("accumulator", "delta_accumulator"),
    "Adam": ("m", "v", "vhat"),
    "Adamax": ("m", "u"),
    "Nadam": ("m", "v"),
}
_AFTER = {
    "SGD": ("momentum",),
    "RMSprop": ("rms",),
    "Adagrad": ("accumulator",),
    "Adadelta": ("accum_grad", "accum_var"),
    "Adam": ("m", "v", "vhat"),
    "Adamax": ("m", "v"),
    "Nadam": ("m", "v"),
    "Ftrl": ("accumulator", "linear"),
}
_BEFORE = {
    **_AFTER,
    "SGD": ("m",),
    "RMSprop": ("velocity",),
    "Adadelta": ("accumulated_grad", "accumulated_delta_var"),
    "Adamax": ("m", "u"),
}


def state(case: Case) -> list[tuple[str, np.ndarray]]:
    """Return the arrays of the optimizer by the names of the version."""
    slots = first_state(case)
    return {"lists": _lists, "v2": _named_after, "new": _named_before}[case.family](case, slots)


def _lists(case: Case, slots: dict[str, Arrays]) -> list[tuple[str, np.ndarray]]:
    is_theano, numbers = case.backend == "theano", case.numbers
    order = list(range(4))
    if numbers < (2, 0, 6) and not case.is_tf:
        order.sort(key=lambda i: _weight_name(case, WEIGHTS[i]))
    lists = [[slots[slot][i] for i in order] for slot in case.slots]
    if case.name == "Adam" and numbers >= (2, 1, 3) and len(lists) == 2:
        lists.append([np.zeros(1, "float32")] * 4)
    found: list[tuple[str, np.ndarray]] = []
    if is_counted(case):
        dtype = "int64" if numbers >= (2, 0, 6) else "float32"
        name = f"{case.name}/iterations" if numbers >= (2, 0, 6) else "/iterations" if numbers >= (2,) else "param_0"
        if not is_theano:
            name = "Variable:0" if numbers < (2,) else f"{name.lstrip('/')}:0"
        found.append((name, np.array(_UPDATES, dtype)))
    if case.name == "Nadam" and numbers >= (2, 3):
        found.append(("Nadam/m_schedule:0", np.float32(momenta(case, _UPDATES))))
    for k, arrays in enumerate(lists):
        for i, array in enumerate(arrays):
            number = len(found)
            if numbers >= (2, 3):
                name = f"training/{case.name}/{_LISTED[case.name][k]}_{i}:0"
            elif is_theano:
                name = f"param_{number}" if numbers < (2,) else f"/variable_{number}"
            else:
                name = f"{'training/' + case.name + '/' if numbers >= (2, 0, 6) else ''}Variable_{k * 4 + i + 1}:0"
            found.append((name, array))
    return found


def _named_after(case: Case, slots: dict[str, Arrays]) -> list[tuple[str, np.ndarray]]:
    above = "training/" if case.numbers < (2, 3) else ""
    found = [(f"{above}{case.name}/iter:0", np.array(_UPDATES))]
    if case.name == "Nadam":
        found.append((f"{above}Nadam/momentum_cache:0", np.float32(momenta(case, _UPDATES))))
    if case.name == "SGD" and not case.settings.get("momentum"):
        return found
    names = list(zip(_AFTER[case.name], case.slots, strict=False))
    pairs = [(i, n, s) for n, s in names for i in range(4)]
    if case.name == "Ftrl":  # the only one that goes from weight to weight
        pairs = [(i, n, s) for i in range(4) for n, s in names]
    return found + [(f"{above}{case.name}/{WEIGHTS[i]}/{n}:0", slots[s][i]) for i, n, s in pairs]


def _named_before(case: Case, slots: dict[str, Arrays]) -> list[tuple[str, np.ndarray]]:
    found = [("iteration:0", np.array(_UPDATES))]
    names = list(zip(_BEFORE[case.name], case.slots, strict=False))
    pairs = [(i, n, s) for i in range(4) for n, s in names[:2]] + [(i, n, s) for n, s in names[2:] for i in range(4)]
    return found + [(f"{case.name}/{n}/{WEIGHTS[i]}:0", slots[s][i]) for i, n, s in pairs]


def write(path: str, case: Case, arrays: list[tuple[str, np.ndarray]] | None = None, has_names: bool = True) -> None:
    """Write a model of two `Dense`, trained, as a version had it."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = case.version.encode()
        file.attrs["model_config"] = json.dumps(_config(case)).encode()
        file.attrs["training_config"] = json.dumps(_training(case)).encode()
        if case.numbers >= (2,):
            file.attrs["backend"] = case.backend.encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"b", b"a"]
        for layer in "ba":
            own = group.create_group(layer)
            named = [(_weight_name(case, n), v) for n, v in zip(WEIGHTS, start(), strict=True) if n[0] == layer]
            write_listed(own, named)
        found = state(case) if arrays is None else arrays
        if found:
            write_listed(file.create_group("optimizer_weights"), found, has_names)


def write_listed(group: Any, arrays: list[tuple[str, np.ndarray]], has_names: bool = True) -> None:
    """Write arrays, and the list of their names."""
    if has_names:
        group.attrs["weight_names"] = [name.encode() for name, _ in arrays]
    for name, array in arrays:
        group[name] = array


# -- all of them -----------------------------------------------------------------------------------------------------

_VERSIONS = (
    *("1.0.8", "1.1.2", "1.2.2", "2.0.0", "2.0.6", "2.1.2", "2.1.6", "2.2.4", "2.3.1"),
    *("2.1.6-tf", "2.2.4-tf", "2.3.0-tf", "2.4.0", "2.10.0", "2.11.0", "2.15.0"),
)
_NAMES = ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam", "Ftrl")


def all_cases() -> Iterator[Case]:
    """Yield every optimizer of every version, and its options."""
    for version in _VERSIONS:
        plain = [Case(version, name, {}) for name in _NAMES]
        is_list = plain[0].family == "lists"
        for case in plain[: -1 if is_list else None]:
            yield case
            if case.family != "new" and (case.numbers >= (1, 1) or case.name == "SGD") and case.name != "Nadam":
                yield case._replace(settings={"decay": 0.1})
        yield Case(version, "SGD", {"momentum": 0.9})
        yield Case(version, "SGD", {"momentum": 0.9, "nesterov": True})
        yield Case(version, "Adam", {"clipnorm": 0.05})
        yield Case(version, "SGD", {"clipnorm": 0.1, "momentum": 0.5})
        yield Case(version, "RMSprop", {"clipvalue": 0.02})
        yield Case(version, "RMSprop", {"epsilon": 0.5})
        if not is_list or plain[0].numbers >= (2, 1, 3):
            yield Case(version, "Adam", {"amsgrad": True})
        if version in ("1.2.2", "2.0.0", "2.2.4"):
            yield from (case._replace(backend="theano") for case in plain[:-1])
