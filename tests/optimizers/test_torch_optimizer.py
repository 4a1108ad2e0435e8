"""Torch optimizers with the interface of Keras: the updates are the library's, what is around them is ours."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.optimizers import TorchOptimizer
from torchkeras_compat.optimizers.state_arrays import from_arrays, to_arrays
from torchkeras_compat.testing import check_optimizer


@keras.saving.register_keras_serializable("tests")
class NAdam(TorchOptimizer):
    """NAdam, which keeps tensors, counts and a product in its state."""

    def make_torch_optimizer(self, parameters: Any, learning_rate: float) -> torch.optim.Optimizer:
        return torch.optim.NAdam(parameters, lr=learning_rate)


class Decaying(TorchOptimizer):
    """AdamW, which decays weights itself."""

    decays_itself = True

    def make_torch_optimizer(self, parameters: Any, learning_rate: float) -> torch.optim.Optimizer:
        return torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=self.weight_decay)


def parameters(count: int = 2) -> list[torch.nn.Parameter]:
    generator = torch.Generator().manual_seed(1)
    return [torch.nn.Parameter(torch.randn(3, 2, generator=generator)) for _ in range(count)]


def step(optimizer: Any, weights: list[torch.nn.Parameter], steps: int = 1) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        sum((w**4).sum() for w in weights).backward()
        optimizer.step()


def equal(ours: Any, theirs: Any) -> None:
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


def model_and_data(optimizer: Any) -> tuple[Any, tuple[torch.Tensor, torch.Tensor]]:
    keras.utils.set_random_seed(3)
    x = torch.randn(12, 3)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model, (x, x.sum(1, keepdim=True))


def test_the_kit_finds_nothing() -> None:
    check_optimizer(NAdam)


def test_steps_are_those_of_the_library() -> None:
    ours, theirs = parameters(), parameters()
    optimizer, plain = NAdam(0.1, params=ours), torch.optim.NAdam(theirs, lr=0.1)
    for _ in range(3):
        step(optimizer, ours)
        step(plain, theirs)
    equal(ours, theirs)
    assert int(optimizer.iterations) == 3


def test_a_schedule_sets_the_rate_of_each_update() -> None:
    ours, theirs = parameters(), parameters()
    optimizer = NAdam(keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.1, 0.01]), params=ours)
    plain = torch.optim.NAdam(theirs, lr=0.1)
    step(optimizer, ours, 2)
    step(plain, theirs, 2)
    equal(ours, theirs)
    step(optimizer, ours)
    plain.param_groups[0]["lr"] = 0.01
    step(plain, theirs)
    equal(ours, theirs)


@pytest.mark.parametrize("option", [{"clipnorm": 0.1}, {"clipvalue": 0.1}, {"global_clipnorm": 0.1}])
def test_clipped_gradients_reach_the_library_and_the_others_come_back(option: dict[str, float]) -> None:
    ours, theirs = parameters(), parameters()
    optimizer, plain = NAdam(0.1, params=ours, **option), torch.optim.NAdam(theirs, lr=0.1)
    sum((w**4).sum() for w in ours).backward()
    for w, v in zip(ours, theirs, strict=True):
        v.grad = w.grad.clone()
    before = [w.grad.clone() for w in ours]
    if "clipvalue" in option:
        torch.nn.utils.clip_grad_value_(theirs, 0.1)
    else:
        for some in [theirs] if "global_clipnorm" in option else [[w] for w in theirs]:
            torch.nn.utils.clip_grad_norm_(some, 0.1)
    optimizer.step()
    plain.step()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b)  # torch adds 1e-6 to the norm
    equal([w.grad for w in ours], before)


def test_accumulated_gradients_make_one_update() -> None:
    ours, theirs = parameters(), parameters()
    optimizer, plain = NAdam(0.1, params=ours, gradient_accumulation_steps=2), torch.optim.NAdam(theirs, lr=0.1)
    step(optimizer, ours)
    equal(ours, theirs)
    step(optimizer, ours)
    step(plain, theirs)
    equal(ours, theirs)


def test_averages_of_the_weights_are_kept() -> None:
    ours, theirs = parameters(), parameters()
    optimizer, twin = NAdam(0.1, params=ours, use_ema=True, ema_momentum=0.5), NAdam(0.1, params=theirs)
    step(optimizer, ours, 1)
    step(twin, theirs, 1)
    first = [w.detach().clone() for w in theirs]
    step(optimizer, ours, 1)
    step(twin, theirs, 1)
    optimizer.finalize_variable_values(ours)
    for w, a, b in zip(ours, first, theirs, strict=True):
        torch.testing.assert_close(w, (a + b) / 2)


def test_the_decay_is_the_librarys_and_spares_what_is_excluded() -> None:
    ours, theirs = parameters(), parameters()
    optimizer = Decaying(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay([ours[1]])
    optimizer.build(ours)
    groups = [{"params": [theirs[0]], "weight_decay": 0.5}, {"params": [theirs[1]], "weight_decay": 0.0}]
    plain = torch.optim.AdamW(groups, lr=0.1)
    step(optimizer, ours, 3)
    step(plain, theirs, 3)
    equal(ours, theirs)


def test_the_decay_of_keras_comes_before_the_update() -> None:
    ours, theirs = parameters(1), parameters(1)
    optimizer, plain = NAdam(0.1, weight_decay=0.5, params=ours), torch.optim.NAdam(theirs, lr=0.1)
    ours[0].grad, theirs[0].grad = torch.ones(3, 2), torch.ones(3, 2)
    with torch.no_grad():
        theirs[0].mul_(1 - 0.05)
    optimizer.step()
    plain.step()
    equal(ours, theirs)


def test_gradients_given_to_apply_are_left_as_they_are() -> None:
    class Rude(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:
            super().step()
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p.grad.zero_()

    class RudeOptimizer(TorchOptimizer):
        def make_torch_optimizer(self, parameters: Any, learning_rate: float) -> torch.optim.Optimizer:
            return Rude(parameters, lr=learning_rate)

    weights = parameters()
    gradients = [torch.ones(3, 2), torch.ones(3, 2)]
    optimizer = RudeOptimizer(0.1, params=weights)
    before = [w.detach().clone() for w in weights]
    weights[1].grad = torch.full((3, 2), 7.0)
    optimizer.apply(gradients[:1], weights[:1])
    equal(gradients, [torch.ones(3, 2)] * 2)
    equal([weights[0].detach(), weights[1].detach()], [before[0] - 0.1, before[1]])
    assert weights[0].grad is None
    equal([weights[1].grad], [torch.full((3, 2), 7.0)])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_copies_go_on_alike(copied: Any) -> None:
    ours = parameters()
    optimizer = NAdam(0.1, params=ours)
    step(optimizer, ours, 2)
    twin, others = copied((optimizer, ours))
    step(optimizer, ours, 2)
    step(twin, others, 2)
    equal(ours, others)


@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
def test_files_keep_the_state(tmp_path: Path, ending: str) -> None:
    model, data = model_and_data(NAdam(0.05))
    model.fit(*data, batch_size=4, epochs=2, verbose=0)
    path = tmp_path / f"model{ending}"
    (model.save if ending == ".keras" else model.save_weights)(path)
    if ending == ".keras":
        again = keras.models.load_model(path)
    else:
        again, _ = model_and_data(NAdam(0.05))
        again.load_weights(path)
    for one in (model, again):
        one.fit(*data, batch_size=4, shuffle=False, verbose=0)
    equal(again.parameters(), model.parameters())
    assert int(again.optimizer.iterations) == 9


def test_older_files_leave_the_state_out_and_say_so(tmp_path: Path) -> None:
    model, data = model_and_data(NAdam(0.05))
    model.fit(*data, verbose=0)
    with pytest.warns(UserWarning, match=r"NAdam stores it in a form of its own.*Save a `.keras` file"):
        model.save(tmp_path / "model.h5")
    again = keras.models.load_model(tmp_path / "model.h5")
    equal(again.parameters(), model.parameters())
    assert int(again.optimizer.iterations) == 0


def test_the_state_of_another_optimizer_is_left_out(tmp_path: Path) -> None:
    model, data = model_and_data("adam")
    model.fit(*data, verbose=0)
    model.save_weights(tmp_path / "model.weights.h5")
    again, _ = model_and_data(NAdam(0.05))
    with pytest.warns(UserWarning, match="the file has the state of another one"):
        again.load_weights(tmp_path / "model.weights.h5")
    equal(again.parameters(), model.parameters())


def test_a_state_for_other_parameters_is_refused() -> None:
    optimizer, other = NAdam(params=parameters()), NAdam(params=parameters(1))
    with pytest.raises(FileContentError, match=r"shapes \[\[3, 2\]\], and it has \[\[3, 2\], \[3, 2\]\]"):
        optimizer.load_state_dict(other.state_dict())
    with pytest.raises(ValueError, match="not that of a TorchOptimizer"):
        optimizer.load_state_dict(keras.optimizers.Adam(params=parameters()).state_dict())


def test_a_training_that_was_interrupted_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    def run(epochs: int, folder: str) -> Any:
        model, data = model_and_data(NAdam(0.05))
        backup = keras.callbacks.BackupAndRestore(tmp_path / folder, delete_checkpoint=False)
        model.fit(*data, batch_size=4, epochs=epochs, callbacks=[backup], verbose=0)
        return model

    run(2, "a")
    equal(run(4, "a").parameters(), run(4, "b").parameters())


def test_a_loss_that_is_scaled_leaves_infinite_steps_out() -> None:
    ours, theirs = parameters(1), parameters(1)
    optimizer = keras.optimizers.LossScaleOptimizer(NAdam(0.1), initial_scale=4.0)
    optimizer.build(ours)
    plain = torch.optim.NAdam(theirs, lr=0.1)
    optimizer.apply([torch.full((3, 2), torch.inf)], ours)
    optimizer.apply([torch.full((3, 2), 2.0)], ours)  # the scale is 2 by now
    theirs[0].grad = torch.ones(3, 2)
    plain.step()
    equal(ours, theirs)


def test_what_it_cannot_do_is_refused() -> None:
    optimizer = NAdam(params=parameters())
    with pytest.raises(NotImplementedError, match="all variables at once"):
        optimizer.update_step(torch.ones(3, 2), parameters(1)[0], 0.1)
    with pytest.raises(NotImplementedError, match="lies in its torch optimizer"):
        optimizer.stateless_apply([], [], [])
    with pytest.raises(NotImplementedError, match="must define `make_torch_optimizer"):
        TorchOptimizer(params=parameters())

    class Wrong(TorchOptimizer):
        def make_torch_optimizer(self, parameters: Any, learning_rate: float) -> Any:
            return "adam"

    with pytest.raises(TypeError, match="must return a torch.optim.Optimizer. Received: 'adam'"):
        Wrong(params=parameters())


def test_steps_with_the_weights_to_use_are_refused() -> None:
    schedulefree = pytest.importorskip("schedulefree")

    class Free(TorchOptimizer):
        def make_torch_optimizer(self, parameters: Any, learning_rate: float) -> torch.optim.Optimizer:
            return schedulefree.SGDScheduleFree(parameters, lr=learning_rate)

    ours, theirs = parameters(), parameters()
    optimizer, plain = Free(0.01, params=ours), schedulefree.SGDScheduleFree(theirs, lr=0.01)
    plain.train()
    step(optimizer, ours, 3)
    step(plain, theirs, 3)
    optimizer.eval()
    plain.eval()
    equal(ours, theirs)
    with pytest.raises(RuntimeError, match=r"Call `optimizer.train\(\)`"):
        step(optimizer, ours)
    copied, others = copy.deepcopy((optimizer, ours))
    for one in (optimizer, plain, copied):
        one.train()
    step(optimizer, ours)
    step(plain, theirs)
    step(copied, others)
    equal(ours, theirs)
    equal(others, theirs)


def test_arrays_keep_a_structure() -> None:
    value = {"a": [torch.arange(3), (1, None, True, "x", 1.5)], "b": {"c": torch.ones(2, dtype=torch.bfloat16)}}
    again = from_arrays(to_arrays(value))
    assert torch.equal(again["a"][0], value["a"][0])
    assert again["a"][1] == value["a"][1]
    assert again["b"]["c"].dtype is torch.bfloat16
    with pytest.raises(ValueError, match="of type function"):
        to_arrays({"f": to_arrays})
    with pytest.raises(FileContentError, match="is broken"):
        from_arrays({"structure": np.frombuffer(b'{"list": [{"tensor": "array_9"}]}', dtype=np.uint8)})
