"""The README's commands, and its table of what computes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras_compat

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def command(name: str) -> list[str]:
    return re.search(rf"<!-- command: {name} -->\n```bash\n(.*?)```", README, flags=re.DOTALL)[1].splitlines()


@pytest.mark.parametrize("name", ["note", "tests"])
def test_a_command_is_one_line_that_begins_with_a_fresh_environment(name: str) -> None:
    (line,) = command(name)
    assert line.startswith("python3 -m venv .venv && ")
    assert all("-c constraints.txt" in part for part in line.split(" && ") if "pip install" in part)


def test_the_first_command_runs_a_note_of_the_repository() -> None:
    assert (ROOT / command("note")[0].rpartition(" ")[2]).is_file()


def test_ci_runs_the_second_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    extract = re.search(r"^tests=\$\((.*)\)$", script, flags=re.MULTILINE)[1]
    found = subprocess.run(["bash", "-c", extract], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert found.splitlines() == command("tests")


def rows() -> list[tuple[str, str]]:
    return re.findall(r"^\| `layers\.(\w+)` \| `torch\.([\w.]+)` \|$", README, flags=re.MULTILINE)


def optimizer_rows() -> list[tuple[str, str]]:
    return re.findall(r"^\| `optimizers\.(\w+)` \| (.+) \|$", README, flags=re.MULTILINE)


def torch_name(path: str) -> object:
    found = torch
    for part in path.split("."):
        found = getattr(found, part)
    return found


def example(name: str) -> tuple[torch.nn.Module, tuple[int, ...]]:
    """A layer of this class, and the shape of an input that it takes."""
    layers = torchkeras_compat.layers
    cls = getattr(layers, name)
    rank = int(name[-2]) if name[-1:] == "D" else int(re.search(r"(\d)D", name)[1]) if re.search(r"\dD", name) else 1
    spatial = (6,) * rank
    if re.fullmatch(r"(Separable|Depthwise)?Conv\dD(Transpose)?", name):
        arguments = {"kernel_size": 3} if name.startswith("Depthwise") else {"filters": 4, "kernel_size": 3}
        return cls(**arguments), (2, *spatial, 2)
    if name.startswith("ConvLSTM"):
        return cls(4, 3), (2, 3, *spatial, 2)
    if "Pooling" in name or "Padding" in name or "UpSampling" in name or "Cropping" in name or "SpatialDropout" in name:
        return cls(0.5) if "Dropout" in name else cls(), (2, *spatial, 2)
    needs = {
        "Dense": (3,),
        "EinsumDense": ("ab,bc->ac", 3),
        "Dropout": (0.5,),
        "AlphaDropout": (0.5,),
        "GaussianDropout": (0.5,),
        "GaussianNoise": (0.5,),
        "Embedding": (9, 3),
        "Activation": ("relu",),
        "Reshape": ((2, 2),),
        "RepeatVector": (2,),
        "GroupNormalization": (2,),
        "LSTM": (3,),
        "GRU": (3,),
        "SimpleRNN": (3,),
        "LSTMCell": (3,),
        "GRUCell": (3,),
        "SimpleRNNCell": (3,),
    }
    shape = (2, 5, 4) if name in ("LSTM", "GRU", "SimpleRNN") else (2, 4)
    return cls(*needs.get(name, ())), shape


class Recording(TorchDispatchMode):
    """Names of torch's functions that ran."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.names.add(function.overloadpacket.__name__)
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize(("name", "text"), [row for row in optimizer_rows() if "given" not in row[1]])
def test_the_table_says_which_functions_update(name: str, text: str) -> None:
    weights = [torch.nn.Parameter(torch.ones(3, 2)), torch.nn.Parameter(torch.ones(2))]
    optimizer = getattr(torchkeras_compat.optimizers, name)(0.1, params=weights)
    for weight in weights:
        weight.grad = torch.ones_like(weight)
    with Recording() as recorded:
        optimizer.step()
    assert isinstance(optimizer, torch.optim.Optimizer)
    assert set(re.findall(r"`torch\.(\w+)`", text)) <= recorded.names


@pytest.mark.parametrize(("name", "torch_path"), rows())
def test_the_table_says_what_computes(name: str, torch_path: str) -> None:
    layer, shape = example(name)
    layer.build(shape)
    expected = torch_name(torch_path)
    assert any(isinstance(module, expected) for module in layer.modules() if module is not layer)


def computing_layers() -> list[str]:
    """Layers with a module of torch.nn below them, by their first names."""
    layers = torchkeras_compat.layers
    found = []
    for name in dir(layers):
        cls = getattr(layers, name)
        if not (isinstance(cls, type) and issubclass(cls, layers.Layer) and cls.__name__ == name):
            continue
        try:
            layer, shape = example(name)
            layer.build(shape)
        except Exception:  # a base class, or one that needs more than an example has
            continue
        if any(type(module).__module__.startswith("torch.nn.") for module in layer.modules()):
            found.append(name)
    return found


def test_the_table_lists_every_layer_that_holds_a_torch_module() -> None:
    listed = {name for name, _ in rows()}
    assert set(computing_layers()) - listed == set()


def test_the_table_lists_every_optimizer() -> None:
    optimizers = torchkeras_compat.optimizers
    found = {name: getattr(optimizers, name) for name in dir(optimizers)}
    classes = {name for name, v in found.items() if isinstance(v, type) and issubclass(v, torch.optim.Optimizer)}
    assert classes - {"Optimizer"} == {name for name, _ in optimizer_rows()}
