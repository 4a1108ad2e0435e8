"""Functions outside of graphs: called as they are, and refused with their reason where a graph must be whole."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch._dynamo.exc import Unsupported
from torch._dynamo.testing import CompileCounter

from torchkeras_compat.outside_graphs import outside_graphs


@outside_graphs("it reads a number. Do without")
def read(x: torch.Tensor, *, factor: float = 1.0) -> float:
    assert not torch.compiler.is_compiling()
    return float(x.sum()) * factor


def doubled(x: torch.Tensor) -> torch.Tensor:
    return x.exp() * read(x, factor=2.0)


@pytest.fixture(autouse=True)
def fresh():
    torch.compiler.reset()


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")
def test_the_graph_breaks_at_the_call():
    counter, x = CompileCounter(), torch.ones(3)
    assert torch.compile(doubled, backend=counter)(x).equal(x.exp() * 6.0)
    assert counter.frame_count == 2


def test_a_graph_that_must_be_whole_is_refused_with_the_reason():
    with pytest.raises(Unsupported, match="reason: it reads a number. Do without"):
        torch.compile(doubled, backend="eager", fullgraph=True)(torch.ones(3))


def test_the_name_and_the_docstring_stay():
    assert read.__name__ == "read" and read.__wrapped__ is not None


def test_marking_a_function_does_not_import_the_compiler():
    code = (
        "import sys; from torchkeras_compat.outside_graphs import outside_graphs; outside_graphs('')(print);"
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
