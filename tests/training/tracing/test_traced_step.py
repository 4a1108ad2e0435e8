"""When a step is traced, when it is not, and what a recording notices."""

from __future__ import annotations

import copy
import pickle
import random
import subprocess
import sys

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from tests.training.tracing.agreement import Run, assert_equal, both
from torchkeras_compat import layers
from torchkeras_compat.training.tracing import traced_step

RANDOM = np.random.RandomState(0)


def batches(count=9, size=4, features=3):
    return [
        (RANDOM.normal(size=(size, features)).astype("float32"), RANDOM.normal(size=(size, 1)).astype("float32"))
        for _ in range(count)
    ]


def dense(*more):
    return keras.Sequential([layers.Input((3,)), layers.Dense(5, "relu"), *more, layers.Dense(1)])


def compiled(model, **arguments):
    model.compile(**{"optimizer": "adam", "loss": "mse", **arguments})
    return model


def step_of(model):
    return model._step.training


def is_traced(model):
    return any(form.run is not None for form in step_of(model)._forms.values())


class Foreign(keras.Model):
    """A model whose `call` is the user's: what `do` does, between two dense layers."""

    def __init__(self, do):
        super().__init__()
        self.first, self.last = layers.Dense(5), layers.Dense(1)
        self.first.build((None, 3))
        self.last.build((None, 5))
        self.__dict__["do"] = do

    def call(self, x):
        return self.last(self.do(self, self.first(x)))


def foreign(do):
    model = compiled(Foreign(do))
    for batch in batches():
        model.train_on_batch(*batch)
    return model


# -- the same numbers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"metrics": ["mae", "mse"], "weighted_metrics": ["mae"]},
        {"optimizer": "sgd", "loss": "huber"},
        {"optimizer": keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5), clipnorm=0.1)},
        {"optimizer": keras.optimizers.SGD(0.1, momentum=0.9, use_ema=True, ema_overwrite_frequency=2)},
        {"optimizer": keras.optimizers.Adam(gradient_accumulation_steps=2, weight_decay=0.1)},
    ],
)
def test_settings_of_compile(early, arguments):
    data = [(x, y, RANDOM.uniform(size=len(x)).astype("float32")) for x, y in batches()]
    model = dense(layers.Dropout(0.5), layers.BatchNormalization(), layers.Dense(4, kernel_regularizer="l2"))

    def compile_model(m):
        compiled(m, **{k: copy.deepcopy(v) for k, v in arguments.items()})

    eager, traced = both(model, data, compile_model)
    assert_equal(eager, traced)
    assert traced.is_traced
    assert not eager.is_traced


def test_each_form_of_batch_has_its_recording(early):
    data = [batch for pair in zip(batches(8), batches(8, size=2)) for batch in pair]
    eager, traced = both(dense(), data, compiled)
    assert_equal(eager, traced)
    assert len(traced.step._forms) == 2
    assert all(form.run is not None for form in traced.step._forms.values())


def test_seeded_layers_draw_the_numbers_of_their_own_generators(early):
    model = dense(layers.Dropout(0.5, seed=3), layers.GaussianNoise(0.1, seed=4))
    eager, traced = both(model, batches(12), compiled)
    assert_equal(eager, traced)
    assert traced.is_traced
    masks = [layer.seed_generator.state.tolist() for layer in model.layers if hasattr(layer, "seed_generator")]
    assert masks == [[3, 12], [4, 12]]


def test_losses_that_layers_add_are_those_of_the_last_batch(early):
    model = compiled(dense(layers.ActivityRegularization(l2=0.1)))
    other = copy.deepcopy(model)
    other.run_eagerly = True
    for batch in batches(9):
        model.train_on_batch(*batch)
        other.train_on_batch(*batch)
    assert is_traced(model)
    assert [x.item() for x in model.losses] == [x.item() for x in other.losses] != [0.0]


def test_metrics_of_others_run_as_they_are_after_the_recorded_part(early):
    class Calls(keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="calls")
            self.calls = 0

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.calls += 1
            self.last = y_pred

        def result(self):
            return self.last.detach().sum() + self.calls

    eager, traced = both(dense(), batches(), lambda m: compiled(m, metrics=[Calls(), "mae"]))
    assert_equal(eager, traced)
    assert traced.is_traced


def test_fit_evaluate_and_a_second_fit(early):
    x, y = (np.concatenate(part) for part in zip(*batches(30)))
    model = compiled(dense(layers.Dropout(0.2)), metrics=["mae"])
    other = copy.deepcopy(model)
    other.run_eagerly = True
    found = []
    for m in (model, other):
        torch.manual_seed(0)
        first = m.fit(x, y, batch_size=4, epochs=3, validation_data=(x[:50], y[:50]), verbose=0).history
        second = m.fit(x, y, batch_size=4, epochs=2, verbose=0).history
        found.append((first, second, m.evaluate(x, y, batch_size=4, verbose=0), m.get_weights()))
    assert str(found[0]) == str(found[1])
    assert is_traced(model)
    assert any(form.run is not None for form in model._step.evaluation._forms.values())


# -- what changes between steps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda m: setattr(m.layers[1], "rate", 0.9),
        lambda m: setattr(m.layers[0], "trainable", False),
        lambda m: setattr(m.layers[0], "activation", torch.tanh),
        lambda m: setattr(m.layers[0].linear.weight, "data", torch.ones(5, 3)),
        lambda m: m.set_weights([w * 0 + 1 for w in m.get_weights()]),
        lambda m: m.layers[1].dropout.__dict__.update(p=0.9),
        lambda m: m.layers[1].eval(),
        lambda m: m.optimizer.learning_rate.assign(0.5),
        lambda m: m.layers[0].register_forward_hook(lambda module, args, outputs: outputs * 2),
        lambda m: m.layers[0].linear.weight.register_hook(lambda g: g * 2),
        lambda m: setattr(m._step.spec.terms[0].loss, "reduction", "sum"),
    ],
    ids=[
        "rate",
        "trainable",
        "activation",
        "data",
        "weights",
        "torch",
        "mode",
        "lr",
        "hook",
        "grad hook",
        "loss",
    ],
)
def test_a_change_between_steps_counts(early, change):
    model = compiled(keras.Sequential([layers.Input((3,)), layers.Dense(5), layers.Dropout(0.1), layers.Dense(1)]))
    other = copy.deepcopy(model)
    other.run_eagerly = True
    data = batches(9)
    Run(other, data), Run(model, data)
    assert is_traced(model)
    for m in (model, other):
        torch.manual_seed(0)
        change(m)
    after = batches(12)
    assert_equal(Run(other, after), Run(model, after))


def test_a_callback_that_sets_an_attribute_counts_from_the_next_step_on(early):
    class Anneal(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            self.model.layers[1].rate = 0.1 * (batch % 9)

    x, y = (np.concatenate(part) for part in zip(*batches(20)))
    model = compiled(dense(layers.Dropout(0.5)))
    other = copy.deepcopy(model)
    other.run_eagerly = True
    found = []
    for m in (model, other):
        torch.manual_seed(0)
        found.append(m.fit(x, y, batch_size=4, epochs=3, verbose=0, callbacks=[Anneal()]).history)
    assert found[0] == found[1]


def test_a_global_that_a_callback_changes_counts_from_the_next_epoch_on(early):
    factor = {"value": 1.0}

    class Change(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            factor["value"] = epoch + 1.0

    def loss(y_true, y_pred):
        return factor["value"] * (y_true - y_pred).square().mean(-1)

    x, y = (np.concatenate(part) for part in zip(*batches(20)))
    model = compiled(dense(), loss=loss, optimizer=keras.optimizers.SGD(0.0))
    history = model.fit(x, y, batch_size=4, epochs=4, verbose=0, shuffle=False, callbacks=[Change()]).history["loss"]
    assert np.allclose(np.array(history) / history[0], [1, 2, 3, 4])


BETA = {"value": 1.0, "calls": 0}


def count(*_, **__):
    BETA["calls"] += 1
    BETA["value"] = 1.0 if BETA["calls"] < 20 else 3.0


class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        count()
        return 0.01


class Counts(keras.metrics.Mean):
    def update_state(self, *arguments, **keywords):
        count()


class Constraint(keras.constraints.Constraint):
    def __call__(self, w):
        count()
        return w


def hooked():
    optimizer = keras.optimizers.SGD(0.01)
    optimizer.register_step_post_hook(count)
    return optimizer


@pytest.mark.parametrize(
    "arguments",
    [
        lambda: {"optimizer": keras.optimizers.SGD(Schedule())},
        lambda: {"metrics": [Counts()]},
        lambda: {"optimizer": hooked()},
        lambda: {},
    ],
    ids=["schedule", "metric", "hook", "constraint"],
)
@pytest.mark.parametrize("run", ["fit", "evaluate"])
def test_what_code_of_the_user_changes_after_the_recorded_part_counts_in_the_next_step(early, arguments, run):
    x, y = (np.concatenate(part) for part in zip(*batches(40)))
    found = []
    for run_eagerly in (True, False):
        BETA.update(value=1.0, calls=0)
        keras.utils.set_random_seed(0)
        constraint = None if arguments() else Constraint()
        model = keras.Sequential([layers.Input((3,)), layers.Dense(1, kernel_constraint=constraint)])
        given = {"optimizer": "sgd", "loss": lambda t, p: (t - p).square().mean() * BETA["value"], **arguments()}
        model.compile(**given, run_eagerly=run_eagerly)
        for _ in range(2):
            if run == "fit":
                found.append(model.fit(x, y, batch_size=4, shuffle=False, verbose=0).history["loss"])
            else:
                found.append(model.evaluate(x, y, batch_size=4, verbose=0, return_dict=True)["loss"])
    assert found[:2] == found[2:]


def test_a_setting_that_each_epoch_changes_is_recorded_in_each(early):
    class Anneal(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.layers[1].rate = 0.1 + 0.1 * (epoch % 5)

    x, y = (np.concatenate(part) for part in zip(*batches(20)))
    model = compiled(dense(layers.Dropout(0.5)))
    model.fit(x, y, batch_size=4, epochs=8, verbose=0, callbacks=[Anneal()])
    assert is_traced(model)


def test_forms_that_come_seldom_are_not_recorded(early):
    lengths = RANDOM.permutation(np.repeat(np.arange(5, 25), 3))
    data = [(np.ones((4, n, 1), "float32"), np.ones((4, 1), "float32")) for n in lengths]
    model = compiled(keras.Sequential([layers.Input((None, 1)), layers.GlobalAveragePooling1D(), layers.Dense(1)]))
    model.fit(iter(data), steps_per_epoch=len(data), verbose=0)
    assert len(step_of(model)._forms) == 20
    assert sum(form.recording is not None for form in step_of(model)._forms.values()) < 5


# -- what cannot be recorded -------------------------------------------------------------------------------------------

COUNTED = []


def keep(model, x):
    COUNTED.append(x)
    return x


@pytest.mark.parametrize(
    ("do", "reason"),
    [
        (keep, "keeps a tensor"),
        (lambda model, x: x * x.mean().item(), "depend on the numbers"),
        (lambda model, x: x * torch.from_numpy(x.detach().numpy() + 1), "Tensor.numpy"),
        (lambda model, x: x * (1 + 0 * random.random()), "generators of Python"),
        (lambda model, x: torch.manual_seed(1) and x, "seeded"),
        (lambda model, x: setattr(model, "calls", getattr(model, "calls", 0) + 1) or x, "changes from step to step"),
        (lambda model, x: x.register_hook(lambda g: g) and x, "register_hook"),
    ],
)
def test_even_known_code_is_refused_where_it_does_more_than_compute(early, all_code_is_known, do, reason):
    model = foreign(do)
    assert not is_traced(model)
    assert reason in step_of(model).refusal


def test_parts_computed_again_for_the_gradients_run_as_they_are(early):
    with layers.RematScope(mode="full") if hasattr(layers, "RematScope") else keras.RematScope(mode="full"):
        model = dense(layers.Dropout(0.5), layers.Dense(5))
    eager, traced = both(model, batches(9), compiled)
    assert_equal(eager, traced)


def test_a_batch_of_one_tensor_twice_is_another_form(early):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(3)])
    same = [torch.randn(4, 3) for _ in range(8)]
    data = [(x, x) for x in same] + [(torch.randn(4, 3), torch.randn(4, 3)) for _ in range(8)]
    eager, traced = both(model, data, compiled)
    assert_equal(eager, traced)
    assert len(traced.step._forms) == 2


def test_weights_that_a_form_does_not_reach_have_no_gradient(early):
    a, b = layers.Input((2,), name="a"), layers.Input((2,), name="b")
    model = keras.Model([a, b], [layers.Dense(1, name="p")(a), layers.Dense(1, name="q")(b)])
    data = []
    for i in range(16):
        x = [RANDOM.normal(size=(3 + i % 2, 2)).astype("float32") for _ in range(2)]
        data.append((x, [RANDOM.normal(size=(3 + i % 2, 1)).astype("float32") for _ in range(2)]))
    eager, traced = both(model, data, compiled)
    assert_equal(eager, traced)


def test_a_bad_batch_gives_the_error_of_the_step_as_it_is(early):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = RANDOM.normal(size=(4, 3)).astype("float32")
    for _ in range(9):
        model.train_on_batch(x, np.array([0, 1, 2, 0]))
    assert is_traced(model)
    with pytest.raises(ValueError, match="7"):
        model.train_on_batch(x, np.array([0, 1, 7, 0]))


@pytest.mark.parametrize("kind", ["GRU", "Bidirectional", "LSTM", "SimpleRNN"])
def test_recurrent_layers_predict_and_evaluate_the_same(early, kind):
    layer = layers.Bidirectional(layers.GRU(4)) if kind == "Bidirectional" else getattr(layers, kind)(4)
    x, y = RANDOM.normal(size=(130, 5, 3)).astype("float32"), np.zeros((130, 1), "float32")
    model = compiled(keras.Sequential([layers.Input((5, 3)), layer, layers.Dense(1)]))
    found = [model.predict(x, batch_size=2, verbose=0) for _ in range(2)]
    evaluated = [model.evaluate(x, y, batch_size=2, verbose=0) for _ in range(2)]
    assert any(form.run is not None for form in model._prediction._forms.values())
    model._prediction.refusal = model._step.evaluation.refusal = "compare"
    for outputs in found:
        assert np.array_equal(outputs, model.predict(x, batch_size=2, verbose=0))
    assert evaluated == [model.evaluate(x, y, batch_size=2, verbose=0)] * 2


def test_run_eagerly_traces_nothing(early):
    model = compiled(dense(), run_eagerly=True)
    Run(model, batches())
    assert not is_traced(model)
    assert "run_eagerly" in step_of(model).refusal


def test_steps_under_a_default_device_are_traced(early):
    model = compiled(dense())
    with torch.device("cpu"):
        Run(model, batches())
    assert is_traced(model)


def test_modes_of_torch_see_every_step(early):
    from torch.utils.flop_counter import FlopCounterMode

    model = compiled(dense())
    Run(model, batches())
    counts = []
    for _ in range(2):
        with FlopCounterMode(display=False) as counter:
            model.train_on_batch(*batches(1)[0])
        counts.append(counter.get_total_flops())
    assert counts[0] == counts[1] > 0


def test_hooks_run_in_every_step(early):
    model, calls = compiled(dense()), []
    model.layers[0].register_forward_hook(lambda *_: calls.append(1))
    Run(model, batches(9))
    assert len(calls) == 9


def test_an_error_of_the_user_in_a_recorded_step_is_raised(early, all_code_is_known):
    steps = []

    def fail(model, x):
        steps.append(1)
        if len(steps) == 5:
            raise RuntimeError("mine")
        return x

    model = compiled(Foreign(fail))
    with pytest.raises(RuntimeError, match="mine"):
        for batch in batches(9):
            model.train_on_batch(*batch)
    assert torch._C._len_torch_dispatch_stack() == 0


# -- cost --------------------------------------------------------------------------------------------------------------


def test_short_training_is_not_traced():
    x, y = (np.concatenate(part) for part in zip(*batches(20)))
    model = compiled(dense())
    model.fit(x, y, batch_size=4, epochs=2, verbose=0)
    assert not is_traced(model)


def test_long_training_is():
    x, y = (np.concatenate(part) for part in zip(*batches(20)))
    model = compiled(dense())
    model.fit(x, y, batch_size=4, epochs=15, verbose=0)
    assert is_traced(model)


def test_tracing_imports_neither_sympy_nor_the_compiler_of_torch():
    code = (
        "import sys, numpy as np, torchkeras_compat as keras\n"
        "m = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)]); m.compile('adam', 'mse')\n"
        "m.fit(np.ones((40, 3)), np.ones((40, 1)), batch_size=4, epochs=40, verbose=0)\n"
        "assert any(f.run is not None for f in m._step.training._forms.values())\n"
        "print([name for name in ('sympy', 'torch._dynamo', 'torch._inductor') if name in sys.modules])\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "[]"


def test_functions_of_many_forms_are_not_kept(early, monkeypatch):
    monkeypatch.setattr(traced_step, "_MOST_FORMS", 5)
    monkeypatch.setattr(traced_step, "_MOST_FUNCTIONS", 2)
    data = [batch for size in range(2, 11) for batch in batches(8, size=size)]
    eager, traced = both(dense(), data, compiled)
    assert_equal(eager, traced)
    assert len(traced.step._forms) == 5
    assert sum(form.run is not None for form in traced.step._forms.values()) == 2


# -- copies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_records_its_own_tensors(early, copied):
    model = compiled(dense())
    Run(model, batches())
    other = copied(model)
    before = model.get_weights()
    Run(other, batches())
    assert is_traced(other)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))


def test_a_saved_and_loaded_model_trains_on_with_the_same_numbers(early, tmp_path):
    model = compiled(dense())
    Run(model, batches())
    model.save(tmp_path / "m.keras")
    other = keras.saving.load_model(tmp_path / "m.keras")
    other.run_eagerly = True
    data = batches(9)
    a, b = Run(model, data), Run(other, data)
    assert a.logs == b.logs


# -- prediction --------------------------------------------------------------------------------------------------------


def test_predict_is_traced_and_gives_the_same_bits(early):
    x = np.concatenate([x for x, _ in batches(30)])[:-1]
    inputs = layers.Input((3,))
    model = keras.Model(inputs, {"a": layers.Dense(2)(inputs), "b": layers.BatchNormalization()(inputs)})
    found = model.predict(x, batch_size=4, verbose=0)
    model._prediction.refusal = "compare"
    expected = model.predict(x, batch_size=4, verbose=0)
    assert any(form.run is not None for form in model._prediction._forms.values())
    assert found.keys() == expected.keys() == {"a", "b"}
    assert all(np.array_equal(found[key], expected[key]) for key in found)


def test_predict_sees_weights_that_were_set_in_between(early):
    x = np.concatenate([x for x, _ in batches(30)])
    model = dense()
    model.predict(x, batch_size=4, verbose=0)
    model.layers[0].linear.weight.data = torch.zeros(5, 3)
    model.layers[-1].set_weights([np.zeros((5, 1)), np.ones(1)])
    assert np.array_equal(model.predict(x, batch_size=4, verbose=0), np.ones((len(x), 1)))


def test_predict_of_one_batch_is_not_recorded(early):
    model = dense()
    for _ in range(20):
        model.predict(batches(1)[0][0], verbose=0)
    assert model._prediction is None
