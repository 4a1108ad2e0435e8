"""Seeded draws in graphs: those of the eager code where it is compiled, other ones in each call everywhere."""

from __future__ import annotations

import pytest
import torch
from torch import fx, nn
from torch._dynamo.exc import Unsupported
from torch.fx.experimental.proxy_tensor import make_fx

import torchkeras_compat as keras
from torchkeras_compat import layers, random
from torchkeras_compat.random.seed_generator import SeedGenerator

X = torch.rand(4, 6)
SEQUENCES = torch.rand(2, 5, 4)
IMAGES = torch.rand(2, 8, 8, 3) * 255


class Draws(nn.Module):
    """A plain module that draws."""

    def __init__(self, function) -> None:
        super().__init__()
        self.generator = SeedGenerator(3)
        self.function = function

    def forward(self, x):
        return self.function(x, self.generator)


FUNCTIONS = {
    "normal": lambda x, seed: x + random.normal(x.shape, 1.0, 2.0, seed=seed),
    "normal of tensors": lambda x, seed: random.normal(x.shape, x, 2.0, seed=seed),
    "uniform": lambda x, seed: x + random.uniform(x.shape, -1.0, 1.0, seed=seed),
    "uniform of tensors": lambda x, seed: random.uniform(x.shape, x, 2.0, seed=seed),
    "truncated_normal": lambda x, seed: x + random.truncated_normal(x.shape, seed=seed),
    "gamma": lambda x, seed: x + random.gamma(x.shape, 0.5, seed=seed),
    "beta": lambda x, seed: x + random.beta(x.shape, 0.5, 0.7, seed=seed),
    "binomial": lambda x, seed: x + random.binomial(x.shape, 50.0, 0.5, seed=seed),
    "randint": lambda x, seed: x + random.randint(x.shape, 0, 2**31 - 1, seed=seed),
    "categorical": lambda x, seed: random.categorical(x, 9, seed=seed),
    "shuffle": lambda x, seed: random.shuffle(torch.arange(40.0) + x[0, 0], seed=seed),
    "dropout": lambda x, seed: random.dropout(x, 0.5, seed=seed),
    "next": lambda x, seed: x + random.normal(x.shape, seed=seed.next()),
}
LAYERS = {
    "Dropout": (lambda: layers.Dropout(0.5, seed=1), X),
    "AlphaDropout": (lambda: layers.AlphaDropout(0.5, seed=1), X),
    "GaussianNoise": (lambda: layers.GaussianNoise(0.5, seed=1), X),
    "GaussianDropout": (lambda: layers.GaussianDropout(0.5, seed=1), X),
    "SpatialDropout1D": (lambda: layers.SpatialDropout1D(0.5, seed=1), SEQUENCES),
    "SimpleRNN": (lambda: layers.SimpleRNN(3, dropout=0.5, recurrent_dropout=0.5, seed=1), SEQUENCES),
    "RandomRotation": (lambda: layers.RandomRotation(0.4, seed=1), IMAGES),
    "RandomContrast": (lambda: layers.RandomContrast(0.5, seed=1), IMAGES),
    "RandomErasing": (lambda: layers.RandomErasing(seed=1), IMAGES),
}
CASES = {name: (lambda f=f: Draws(f), X) for name, f in FUNCTIONS.items()} | LAYERS


def generators(module: nn.Module) -> list[SeedGenerator]:
    return [v for m in module.modules() for v in vars(m).values() if isinstance(v, SeedGenerator)]


def restart(module: nn.Module) -> None:
    torch.manual_seed(0)
    for generator in generators(module):
        generator.state[1] = 0


def made(case: str) -> tuple[nn.Module, torch.Tensor]:
    make, x = CASES[case]
    module = make()
    module(x)
    module.train()
    restart(module)
    return module, x


@pytest.mark.parametrize("case", CASES)
def test_compiled_draws_are_the_eager_ones(case):
    module, x = made(case)
    expected = [module(x) for _ in range(3)]
    assert not expected[0].equal(expected[1])
    states = [generator.state.tolist() for generator in generators(module)]
    torch.compiler.reset()
    restart(module)
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    for y in expected:
        torch.testing.assert_close(compiled(x), y, rtol=1e-6, atol=1e-6)
    assert [generator.state.tolist() for generator in generators(module)] == states


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("trace", ["export", "make_fx"])
def test_programs_draw_from_the_default_generator(case, trace):
    module, x = made(case)
    program = torch.export.export(module, (x,)).module() if trace == "export" else make_fx(module)(x)
    torch.manual_seed(0)
    draws = [program(x) for _ in range(4)]
    assert any(not draws[0].equal(y) for y in draws[1:])
    torch.manual_seed(0)
    torch.testing.assert_close([program(x) for _ in range(4)], draws)
    assert [generator.state[1].item() for generator in generators(module)] == [0] * len(generators(module))


def test_an_int_draws_the_same_everywhere():
    module = Draws(lambda x, _: x + random.normal(x.shape, seed=5))
    expected = module(X)
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    for run in (compiled, torch.export.export(module, (X,)).module(), make_fx(module)(X)):
        torch.testing.assert_close([run(X), run(X)], [expected, expected])


def test_gradients_pass_by_the_same_mask():
    model = keras.Sequential([keras.Input((6,)), layers.Dense(8), layers.Dropout(0.5, seed=1), layers.Dense(2)]).train()
    torch.compiler.reset()
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True, dynamic=True)
    for x in (X, torch.rand(7, 6)):
        restart(model)
        model(x).square().sum().backward()
        expected = [p.grad.clone() for p in model.parameters()]
        model.zero_grad()
        restart(model)
        compiled(x).square().sum().backward()
        torch.testing.assert_close([p.grad for p in model.parameters()], expected)
        model.zero_grad()


@pytest.mark.parametrize("layer", [layers.RandAugment, layers.AugMix])
def test_layers_that_choose_in_python_say_so_where_the_graph_must_be_whole(layer):
    torch.compiler.reset()
    made = layer().train()
    made(IMAGES)
    compiled = torch.compile(made, backend="eager", fullgraph=True)
    with pytest.raises(Unsupported, match="choose their operations in Python.*Leave `fullgraph=True` out, or augment"):
        compiled(IMAGES)


@pytest.mark.parametrize("layer", [layers.RandAugment, layers.AugMix])
def test_layers_that_choose_in_python_break_the_graph_and_draw_the_same(layer):
    augment = layer(seed=1)
    augment(IMAGES)
    augment.train()
    restart(augment)
    expected = augment(IMAGES)
    restart(augment)
    torch.compiler.reset()
    torch.testing.assert_close(torch.compile(augment, backend="eager")(IMAGES), expected)


def test_a_seeded_layer_is_a_node_of_torch_fx_and_no_constant():
    drop = layers.Dropout(0.5, seed=1).train()
    drop(X)
    run = fx.symbolic_trace(nn.Sequential(drop))
    assert not run(X).equal(run(X))
    with pytest.raises(TypeError, match=r"seeded draws.*Sequential\(layer\)"):
        fx.symbolic_trace(drop)
    with pytest.raises(fx.proxy.TraceError, match="as constants. Trace a module around"):
        fx.symbolic_trace(Draws(lambda x, seed: x + random.normal((6,), seed=seed)))
