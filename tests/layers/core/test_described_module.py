"""Modules of `torch.nn` as files describe them; torch's own repr and state dictionaries are the oracle."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

import pytest
import torch
from torch import nn

from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError, FileLimitError, FileSafetyError
from torchkeras_compat.layers.core import described_module as described
from torchkeras_compat.layers.core.described_module import description_in, description_of, with_description
from torchkeras_compat.saving.file_limits import FileLimits
from torchkeras_compat.saving.memory_budget import MemoryBudget

MODULES = [
    *(nn.Linear(3, 4, bias=False), nn.Linear(3, 4, dtype=torch.float64), nn.Bilinear(2, 3, 4), nn.Identity()),
    *(nn.Conv2d(3, 4, (3, 2), stride=2, padding=(1, 0), bias=False, padding_mode="reflect"), nn.Conv1d(3, 4, 3)),
    *(nn.Conv3d(2, 4, 3, groups=2, padding="same"), nn.ConvTranspose1d(2, 3, 4, output_padding=1, stride=2)),
    *(nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True, dropout=0.1), nn.LSTM(3, 4, proj_size=2)),
    *(nn.GRU(3, 4, bias=False), nn.RNN(3, 4, nonlinearity="relu"), nn.Embedding(5, 3, padding_idx=0)),
    *(nn.BatchNorm2d(3, affine=False), nn.BatchNorm1d(3, momentum=None), nn.LayerNorm((3, 4), bias=False)),
    *(nn.LayerNorm(3, elementwise_affine=False), nn.GroupNorm(2, 4), nn.RMSNorm(4), nn.InstanceNorm2d(3, affine=True)),
    *(nn.Dropout(0.3), nn.Flatten(), nn.Unflatten(1, (2, 3)), nn.Upsample(scale_factor=2), nn.Softmax(-1)),
    *(nn.Upsample(size=(4, 4), mode="bilinear"), nn.MaxPool2d(2), nn.AvgPool2d(2, count_include_pad=False)),
    *(nn.AdaptiveAvgPool2d((1, 1)), nn.GELU("tanh"), nn.ReLU(True), nn.PReLU(3), nn.ConstantPad1d((1, 2), 3.5)),
    *(nn.MultiheadAttention(4, 2, batch_first=True), nn.EmbeddingBag(4, 3, mode="sum"), nn.ZeroPad2d(2)),
    nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 2))),
]


@pytest.mark.parametrize("module", MODULES, ids=lambda m: repr(m).replace("\n", "")[:40])
def test_class_and_arguments_come_back(module: nn.Module) -> None:
    description = json.loads(json.dumps(description_of(module)))
    again = described.described_module(description)
    assert repr(again) == repr(module)
    assert {k: (v.shape, v.dtype) for k, v in again.state_dict().items()} == {
        k: (v.shape, v.dtype) for k, v in module.state_dict().items()
    }


def changed() -> list[nn.Module]:
    hooked, noted, normed = nn.Linear(3, 4), nn.ReLU(), nn.utils.parametrizations.weight_norm(nn.Linear(3, 4))
    hooked.register_forward_hook(lambda *_: None)
    noted.extra = 3  # type: ignore[assignment]
    wider = nn.Linear(3, 4)
    wider.weight = nn.Parameter(torch.zeros(5, 3))
    return [
        hooked,
        noted,
        normed,
        wider,
        type("Linear", (nn.Linear,), {})(3, 4),
        nn.Sequential(nn.Linear(3, 4), hooked),
    ]


@pytest.mark.parametrize("module", changed(), ids=repr)
def test_what_was_done_to_a_module_is_not_left_out(module: nn.Module) -> None:
    assert description_of(module) is None


@pytest.mark.parametrize("name", ["Module", "ModuleList", "system", "LazyLinear", "Transformer", "linear", 3, None, []])
def test_only_listed_classes_are_made(name: Any) -> None:
    with pytest.raises(FileSafetyError, match="names the torch module"):
        described.described_module({"class": name, "arguments": {}})


@pytest.mark.parametrize(
    ("description", "error", "text"),
    [
        ({"class": "Linear", "arguments": {"in_features": 3, "out_features": {"a": 1}}}, FileSafetyError, "numbers"),
        (
            {"class": "Linear", "arguments": {"in_features": 3, "out_features": 2, "device": "meta"}},
            FileSafetyError,
            "numbers",
        ),
        ({"class": "Linear", "arguments": [3, 4]}, FileSafetyError, "numbers, strings and lists"),
        ({"class": "Linear", "arguments": {"wrong": 3}}, FileContentError, "wrong"),
        ({"class": "Linear", "arguments": {"in_features": -3, "out_features": 2}}, FileContentError, "describes it"),
        (
            {"class": "Linear", "arguments": {"in_features": 3, "out_features": 2}, "dtype": "x"},
            FileContentError,
            "dtype",
        ),
        ({"class": "Sequential", "modules": {"a.b": {"class": "ReLU"}}}, FileContentError, "a.b"),
        ({"class": "Sequential"}, FileContentError, "modules"),
        ([], FileContentError, "described by a dict"),
    ],
)
def test_broken_descriptions_are_refused(description: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        described.described_module(description)


def test_modules_in_one_another_have_a_limit() -> None:
    description: Any = {"class": "ReLU"}
    for _ in range(100):
        description = {"class": "Sequential", "modules": {"0": description}}
    with pytest.raises(FileContentError, match="more than 50 deep"):
        described.described_module(description)


def test_a_large_module_of_a_small_file_is_refused() -> None:
    huge = {"class": "Linear", "arguments": {"in_features": 10**6, "out_features": 10**6}}
    with MemoryBudget("f", 100, FileLimits()), pytest.raises(FileLimitError, match="bytes of memory"):
        described.described_module(huge)


def test_nothing_but_the_description_of_an_archive_is_read() -> None:
    config = layers.TorchModuleWrapper(nn.Linear(3, 4)).get_config()
    assert description_in(config["module"])["class"] == "Linear"
    for text in ("", "no base64", base64.b64encode(b"no archive").decode(), base64.b64encode(empty_zip()).decode()):
        assert description_in(text) is None
    large = with_description(b"", {"class": "x" * 2**21})
    with pytest.raises(FileContentError, match="larger than 1048576 bytes"):
        description_in(base64.b64encode(large).decode())
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as file:
        file.writestr(described._MEMBER, "{")
    with pytest.raises(FileContentError, match="is broken"):
        description_in(base64.b64encode(broken.getvalue()).decode())


def empty_zip() -> bytes:
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    return buffer.getvalue()
