"""A model is an ordinary `torch.nn.Module`: what PyTorch users do with one."""

from __future__ import annotations

import copy
import io
import pickle
import shutil

import pytest
import torch
from torch import fx, nn
from torch._dynamo.testing import CompileCounter

from torchkeras_compat import ops
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.embedding import Embedding
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential


class Subclassed(Model):
    """Two dense layers as attributes, one of them in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Dense(5, activation="relu")
        self.rest = [Dense(3)]

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        x = self.first(inputs)
        for layer in self.rest:
            x = layer(x)
        return x


def sequential() -> Sequential:
    return Sequential([Input((4,)), Dense(5, activation="relu"), Dropout(0.5), Dense(3)])


def functional() -> Model:
    x = Input((4,))
    h = Dense(5, activation="relu")(x)
    return Model(x, Dense(3)(h) + nn.Linear(5, 3)(h) * 2)


def subclassed() -> Subclassed:
    model = Subclassed()
    model(torch.zeros(1, 4))
    return model


def pickled(model: Model) -> Model:
    return pickle.loads(pickle.dumps(model))


MAKERS = [sequential, functional, subclassed]


@pytest.fixture(params=MAKERS, ids=lambda make: make.__name__)
def make(request):
    return request.param


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(6, 4)


def test_state_dict_goes_into_another_instance(make, x):
    source, target = make(), make()
    assert not torch.equal(source(x), target(x))
    missing, unexpected = target.load_state_dict(source.state_dict())
    assert not missing and not unexpected
    torch.testing.assert_close(target(x), source(x), rtol=0, atol=0)


def test_state_dict_has_every_weight_once(make):
    model = make()
    state = model.state_dict()
    assert sum(t.numel() for t in state.values()) == model.count_params()
    assert sum(p.numel() for p in model.parameters()) == model.count_params()
    assert {id(p) for v in model.weights for p in v.parameters} == {id(p) for p in model.parameters()}


def test_state_dict_passes_through_torch_save(make, x):
    source, target = make(), make()
    file = io.BytesIO()
    torch.save(source.state_dict(), file)
    file.seek(0)
    target.load_state_dict(torch.load(file, weights_only=True))
    torch.testing.assert_close(target(x), source(x), rtol=0, atol=0)


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"]
)
def test_copies_are_equal_and_independent(make, x, duplicate):
    model = make()
    twin = duplicate(model)
    torch.testing.assert_close(twin(x), model(x), rtol=0, atol=0)
    assert [v.path for v in twin.weights] == [v.path for v in model.weights]
    before = model(x)
    for v in twin.weights:
        v.assign(torch.zeros(v.shape))
    assert not twin(x).any()
    torch.testing.assert_close(model(x), before, rtol=0, atol=0)
    with torch.no_grad():
        for p in twin.parameters():
            p.add_(1.0)
    assert twin(x).any()


def test_copies_train(make, x):
    twin = copy.deepcopy(make())
    twin.compile("sgd", loss="mse")
    before = twin.get_weights()
    twin.fit(x, torch.zeros(6, 3), verbose=0)
    assert any((a != b).any() for a, b in zip(before, twin.get_weights(), strict=True))


def test_a_loop_written_by_hand_trains_it(make, x):
    model = make()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
    y = torch.randn(6, 3)
    losses = []
    model.train()
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_gradients_are_those_of_the_plain_twin(x):
    model = sequential()
    plain = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 3)).eval()
    for own, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        theirs.data.copy_(own.data)
    model(x).pow(2).sum().backward()
    plain(x).pow(2).sum().backward()
    for own, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(own.grad, theirs.grad)


def test_train_and_eval_switch_every_layer(make):
    model = make()
    assert not any(m.training for m in model.modules())
    model.train()
    assert all(m.training for m in model.modules() if not isinstance(m, fx.GraphModule))
    model.eval()
    assert not any(m.training for m in model.modules())


def test_training_mode_turns_dropout_on(x):
    model = sequential()
    torch.testing.assert_close(model(x), model(x))
    model.train()
    assert not torch.equal(model(x), model(x))


def test_to_meta_moves_every_weight(make):
    model = make().to("meta")
    assert {p.device.type for p in model.parameters()} == {"meta"}
    assert model(torch.zeros(2, 4, device="meta")).shape == (2, 3)
    assert model.weights[0].device.type == "meta"


def test_to_float64_computes_in_float64(make, x):
    model = make()
    expected = model(x)
    model.to(torch.float64)
    assert {p.dtype for p in model.parameters()} == {torch.float64}
    assert {v.dtype for v in model.weights} == {"float64"}
    y = model(x.double())
    assert y.dtype is torch.float64
    torch.testing.assert_close(y, expected.double(), rtol=1e-5, atol=1e-5)


def test_double_half_and_bfloat16_are_followed(make):
    model = make()
    assert model.double()(torch.zeros(1, 4, dtype=torch.float64)).dtype is torch.float64
    assert model.bfloat16()(torch.zeros(1, 4, dtype=torch.bfloat16)).dtype is torch.bfloat16


def test_forward_hooks_fire_on_models_layers_and_torch_modules(make, x):
    model = make()
    seen = []
    watched = [model, *(m for m in model.modules() if isinstance(m, (Dense, nn.Linear)))]
    handles = [m.register_forward_hook(lambda m, args, out: seen.append(m)) for m in watched]
    model(x)
    assert {id(m) for m in watched} == {id(m) for m in seen}
    for handle in handles:
        handle.remove()
    seen.clear()
    model(x)
    assert not seen


def test_a_forward_hook_may_replace_the_output(x):
    model = sequential()
    model.layers[0].register_forward_hook(lambda m, args, out: torch.zeros_like(out))
    torch.testing.assert_close(model(x), torch.zeros(6, 3))


def test_nn_sequential_holds_our_layers(x):
    model = nn.Sequential(Dense(5, activation="relu"), nn.Dropout(0.1), Dense(3)).eval()
    assert model(x).shape == (6, 3)
    assert len(list(model.parameters())) == 4
    torch.optim.SGD(model.parameters(), lr=0.1)
    model(x).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_our_sequential_holds_torch_modules(x):
    model = Sequential([Input((4,)), nn.Linear(4, 5), nn.ReLU(), Dense(3)])
    plain = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
    for own, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        theirs.data.copy_(own.data)
    torch.testing.assert_close(model(x), plain(x))
    assert model.output_shape == (None, 3)
    assert [v.shape for v in model.weights] == [(5, 4), (5,), (5, 3), (3,)]


def test_a_torch_module_is_an_attribute_of_a_model(x):
    class WithTorch(Model):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(nn.Linear(4, 5), nn.Dropout(0.5))
            self.head = Dense(3)

        def call(self, inputs):
            return self.head(self.body(inputs))

    model = WithTorch()
    assert model(x).shape == (6, 3)
    assert [v.path for v in model.weights[2:]] == ["with_torch/dense/kernel", "with_torch/dense/bias"]
    assert len(model.trainable_weights) == 4
    model.compile("sgd", loss="mse")
    before = model.body[0].weight.clone()
    model.fit(x, torch.zeros(6, 3), verbose=0)
    assert not torch.equal(before, model.body[0].weight)


def test_a_functional_model_is_a_graph_module_inside(x):
    model = functional()
    graph_module = model.graph_module
    assert isinstance(graph_module, fx.GraphModule)
    assert "def forward(self, input_0)" in graph_module.code
    assert "self.dense(" in graph_module.code
    torch.testing.assert_close(graph_module(x), model(x))
    assert {id(p) for p in graph_module.parameters()} == {id(p) for p in model.parameters()}


def test_the_graph_of_a_functional_model_can_be_edited(x):
    i = Input((4,))
    model = Model(i, Dense(3, activation="relu", name="last")(i))
    expected = model(x)
    graph = model.graph
    last = next(n for n in graph.nodes if n.op == "call_module")
    with graph.inserting_after(last):
        doubled = graph.call_function(torch.mul, (last, 2.0))
    last.replace_all_uses_with(doubled, lambda user: user is not doubled)
    model.graph_module.recompile()
    torch.testing.assert_close(model(x), expected * 2)


def test_torch_export_takes_a_model(make, x):
    model = make()
    exported = torch.export.export(model, (x,), strict=False)
    torch.testing.assert_close(exported.module()(x), model(x))


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_torch_compile_without_a_compiler_traces_the_whole_model(make, x, backend):
    model = make()
    expected = model(x)
    compiled = torch.compile(model, backend=backend, fullgraph=True)
    torch.testing.assert_close(compiled(x), expected)
    compiled(x).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_what_layers_do_besides_computing_is_traced(x):
    class Rich(Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = Dense(3, activity_regularizer="l2", dtype="mixed_bfloat16")
            self.drop = Dropout(0.5)

        def call(self, inputs, training=False):
            self.add_loss(inputs.sum())
            x = self.drop(self.dense(inputs), training=training)
            return x * ops.convert_to_tensor([1.0, 2.0, 3.0]) + ops.array([[1, 2, 3]])

    torch.compiler.reset()  # what other tests compiled counts towards torch's limit
    model = Rich()
    expected = model(x)
    losses = [float(loss.detach()) for loss in model.losses]
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), expected)
    assert [float(loss.detach()) for loss in model.losses] == pytest.approx(losses)
    assert not torch.equal(compiled(x, training=True), expected)


def test_tracing_does_not_start_again_at_every_call(x):
    torch.compiler.reset()  # what other tests compiled counts towards torch's limit
    model = sequential()
    model(x)
    counter = CompileCounter()
    compiled = torch.compile(model, backend=counter)
    for _ in range(4):
        compiled(x)
    assert counter.frame_count == 1


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # of the compiler itself
@pytest.mark.skipif(shutil.which("c++") is None and shutil.which("g++") is None, reason="no C++ compiler")
def test_torch_compile_gives_equal_outputs(x):
    model = sequential()
    torch.testing.assert_close(torch.compile(model)(x), model(x))


def test_torch_func_calls_a_model_with_other_weights(make, x):
    model = make()
    zeros = {k: torch.zeros_like(v) for k, v in model.state_dict().items()}
    assert not torch.func.functional_call(model, zeros, (x,)).any()
    assert model(x).any()


def test_embedding_models_take_integers():
    model = Sequential([Input((7,), dtype="int32"), Embedding(10, 4), nn.Flatten(), Dense(2)])
    exported = torch.export.export(model, (torch.zeros(3, 7, dtype=torch.int32),), strict=False)
    assert exported.module()(torch.ones(3, 7, dtype=torch.int32)).shape == (3, 2)
