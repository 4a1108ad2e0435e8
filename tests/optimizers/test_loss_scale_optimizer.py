"""`LossScaleOptimizer`, beside real Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers, models, optimizers
from torchkeras_compat.dtypes.identifiers import set_dtype_policy
from torchkeras_compat.optimizers import LossScaleOptimizer
from torchkeras_compat.variables import Variable

GRADIENTS = [4.0, float("inf"), 4.0, 4.0, 4.0, float("nan"), 4.0, 2.0]


@pytest.mark.parametrize("name", ["SGD", "Adam", "Lion"])
def test_scale_and_updates_are_those_of_keras(real_keras, name):
    ours = LossScaleOptimizer(
        getattr(optimizers, name)(0.1, name="o"), initial_scale=4.0, dynamic_growth_steps=2, name="s"
    )
    theirs = real_keras.optimizers.LossScaleOptimizer(
        getattr(real_keras.optimizers, name)(0.1, name="o"), initial_scale=4.0, dynamic_growth_steps=2, name="s"
    )
    v, w = Variable([5.0, 1.0], name="w"), real_keras.Variable(np.array([5.0, 1.0], dtype="float32"), name="w")
    for gradient in GRADIENTS:
        ours.apply([torch.tensor([gradient, 1.0])], [v])
        theirs.apply([torch.tensor([gradient, 1.0])], [w])
        np.testing.assert_allclose(v.numpy(), w.value.detach().numpy(), rtol=5e-5)
        assert float(ours.dynamic_scale.numpy()) == float(theirs.dynamic_scale.numpy())
        assert int(ours.iterations) == int(theirs.iterations)
        assert ours.step_counter.numpy() == theirs.step_counter.numpy()
    assert [v.name for v in ours.variables] == [v.name for v in theirs.variables]
    assert float(ours.scale_loss(1.0)) == float(theirs.scale_loss(1.0))


def test_the_way_without_waiting_gives_the_same():
    """On an accelerator an update is taken back there; run here on CPU tensors."""

    class Event:
        is_over = False

        def __init__(self, device: object) -> None: ...

        def record(self) -> None: ...

        def query(self) -> bool:
            return self.is_over

        def synchronize(self) -> None: ...

    results = []
    for waits in (True, False):
        optimizer = LossScaleOptimizer(optimizers.SGD(0.1, momentum=0.9), initial_scale=4.0, dynamic_growth_steps=2)
        v = Variable([5.0, 1.0])
        optimizer.build([v])
        for gradient in GRADIENTS:
            gradients = [torch.tensor([gradient, 1.0])]
            if waits:
                optimizer.apply(gradients, [v])
                continue
            with pytest.MonkeyPatch.context() as patch, torch.no_grad():
                patch.setattr(torch, "Event", Event)
                finite = torch.isfinite(gradients[0]).all()
                optimizer._advance_if(finite, [gradients[0] / optimizer.dynamic_scale.value])
                optimizer._rescale(finite)
        results.append((v.numpy(), optimizer.dynamic_scale.numpy(), int(optimizer.iterations)))
        Event.is_over = True
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_belongs_to_the_inner_optimizer_is_reached():
    inner = optimizers.SGD(0.5, loss_scale_factor=3.0)
    optimizer = LossScaleOptimizer(inner)
    assert inner.loss_scale_factor is None
    optimizer.learning_rate = 0.25
    assert float(inner.learning_rate) == 0.25
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    assert not inner._use_weight_decay(Variable([1.0], name="bias"))
    v = Variable([1.0])
    optimizer.apply([torch.tensor([32768.0])], [v])
    assert v.numpy().tolist() == [0.75]
    again = LossScaleOptimizer(optimizers.SGD(1.0))
    again.build([v])
    again.load_state_dict(optimizer.state_dict())
    assert float(again.learning_rate) == 0.25 and int(again.iterations) == 1
    restored = optimizers.deserialize(optimizers.serialize(optimizer))
    assert restored.get_config() == optimizer.get_config()


def test_mixed_float16_models_are_compiled_with_it():
    set_dtype_policy("mixed_float16")
    try:
        model = models.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, dtype="float32")])
        model.compile("adam", "mse")
        assert isinstance(model.optimizer, LossScaleOptimizer)
        x = np.random.randn(64, 4).astype("float32")
        losses = model.fit(x, x[:, :1], epochs=10, verbose=0).history["loss"]
        assert losses[-1] < losses[0]
        assert model.layers[0].kernel.dtype == "float32"
        model.compile("adam", "mse", auto_scale_loss=False)
        assert isinstance(model.optimizer, optimizers.Adam)
    finally:
        set_dtype_policy("float32")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dynamic": False}, "set `loss_scale_factor`"),
        ({"foo": 1, "bar": 2}, "arguments: `foo`, `bar`"),
        ({"clipnorm": 1.0}, "set `clipnorm` on the `inner_optimizer`"),
        ({"initial_scale": 0}, "initial_scale=0"),
        ({"dynamic_growth_steps": 0}, "dynamic_growth_steps=0"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        LossScaleOptimizer(optimizers.SGD(), **options)


def test_other_optimizers_are_refused():
    with pytest.raises(TypeError, match="GradScaler"):
        LossScaleOptimizer(torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1))
    with pytest.raises(TypeError, match="scales the loss already"):
        LossScaleOptimizer(LossScaleOptimizer(optimizers.SGD()))


@pytest.mark.cuda
def test_a_gpu_skips_the_same_updates():
    results = []
    for device in ("cpu", "cuda"):
        weight = torch.nn.Parameter(torch.tensor([5.0, 1.0], device=device))
        optimizer = LossScaleOptimizer(optimizers.SGD(0.1, momentum=0.9), initial_scale=4.0, dynamic_growth_steps=2)
        optimizer.build([weight])
        for gradient in GRADIENTS:
            weight.grad = torch.tensor([gradient, 1.0], device=device)
            optimizer.step()
        results.append((weight.detach().cpu().numpy(), optimizer.dynamic_scale.numpy(), int(optimizer.iterations)))
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_finite_gradients_are_kept_apart_from_others():
    optimizer = LossScaleOptimizer(optimizers.SGD())
    found = [optimizer.check_finite(g) for g in ([torch.ones(2), None], [torch.ones(2), torch.tensor(torch.nan)], [])]
    assert [bool(x) for x in found] == [True, False, True] and found[0].dtype is torch.bool
