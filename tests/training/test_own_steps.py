"""Models with hand-written steps, several optimizers and inner losses: the same numbers as in real Keras."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours

RNG = np.random.RandomState(3)
X = RNG.normal(size=(16, 4)).astype("float32")
NOISE = RNG.normal(size=(16, 3)).astype("float32")


def fixed(model: Any, seed: int) -> Any:
    """Give a built model weights that depend on the seed alone."""
    random = np.random.RandomState(seed)
    model.set_weights([random.normal(0, 0.5, tuple(w.shape)).astype("float32") for w in model.weights])
    return model


def network(K: Any, inputs: int, outputs: int, seed: int) -> Any:
    layers = [K.layers.Input((inputs,)), K.layers.Dense(6, activation="tanh"), K.layers.Dense(outputs)]
    return fixed(K.Sequential(layers), seed)


def both(real_keras: ModuleType, run: Callable[[Any], tuple[dict, list]], rtol: float = 2e-4) -> None:
    """Run in this package and in real Keras; compare histories and weights."""
    (history, weights), (expected_history, expected) = run(ours), run(real_keras)
    assert set(history) == set(expected_history)
    for key, values in expected_history.items():
        np.testing.assert_allclose(history[key], values, rtol=rtol, atol=1e-6, err_msg=key)
    for mine, theirs in zip(weights, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=2e-6)


def gan_in_keras_style(K: Any) -> Any:
    class GAN(K.Model):
        def __init__(self) -> None:
            super().__init__()
            self.generator, self.discriminator = network(K, 3, 4, 1), network(K, 4, 1, 2)
            self.g_tracker, self.d_tracker = K.metrics.Mean(name="g_loss"), K.metrics.Mean(name="d_loss")
            self.built = True

        def compile(self, g_optimizer: Any, d_optimizer: Any, loss_fn: Any) -> None:
            super().compile()
            self.g_optimizer, self.d_optimizer, self.loss_fn = g_optimizer, d_optimizer, loss_fn

        @property
        def metrics(self) -> list[Any]:
            return [self.g_tracker, self.d_tracker]

        def train_step(self, data: Any) -> dict[str, Any]:
            real, noise = data
            combined = torch.cat([self.generator(noise), real])
            labels = torch.cat([torch.ones(len(noise), 1), torch.zeros(len(real), 1)])
            self.zero_grad()
            d_loss = self.loss_fn(labels, self.discriminator(combined))
            d_loss.backward()
            weights = self.discriminator.trainable_weights
            with torch.no_grad():
                self.d_optimizer.apply([w.value.grad for w in weights], weights)
            self.zero_grad()
            g_loss = self.loss_fn(torch.zeros(len(noise), 1), self.discriminator(self.generator(noise)))
            g_loss.backward()
            weights = self.generator.trainable_weights
            with torch.no_grad():
                self.g_optimizer.apply([w.value.grad for w in weights], weights)
            self.d_tracker.update_state(d_loss)
            self.g_tracker.update_state(g_loss)
            return {"d_loss": self.d_tracker.result(), "g_loss": self.g_tracker.result()}

    return GAN()


def test_a_gan_in_keras_style(real_keras: ModuleType) -> None:
    def run(K: Any) -> tuple[dict, list]:
        gan = gan_in_keras_style(K)
        loss = K.losses.BinaryCrossentropy(from_logits=True)
        gan.compile(K.optimizers.Adam(0.01), K.optimizers.SGD(0.05), loss)
        history = gan.fit(X, NOISE, batch_size=4, epochs=3, shuffle=False, verbose=0).history
        return history, [*gan.generator.get_weights(), *gan.discriminator.get_weights()]

    both(real_keras, run)


def test_a_gan_in_torch_style_is_that_of_plain_torch() -> None:
    class GAN(ours.Model):
        def __init__(self) -> None:
            super().__init__()
            self.generator, self.discriminator = network(ours, 3, 4, 1), network(ours, 4, 1, 2)

        def compile(self, g_optimizer: Any, d_optimizer: Any) -> None:
            super().compile()
            self.g_optimizer, self.d_optimizer = g_optimizer, d_optimizer

        def train_step(self, data: Any) -> dict[str, Any]:
            return step(self.generator, self.discriminator, self.g_optimizer, self.d_optimizer, *data)

    def step(generator: Any, discriminator: Any, g_optimizer: Any, d_optimizer: Any, real: Any, noise: Any) -> dict:
        criterion = torch.nn.functional.binary_cross_entropy_with_logits
        d_optimizer.zero_grad()
        fake = generator(noise)
        d_loss = criterion(discriminator(real), torch.ones(len(real), 1)) + criterion(
            discriminator(fake.detach()), torch.zeros(len(noise), 1)
        )
        d_loss.backward()
        d_optimizer.step()
        g_optimizer.zero_grad()
        g_loss = criterion(discriminator(fake), torch.ones(len(noise), 1))
        g_loss.backward()
        g_optimizer.step()
        return {"d_loss": d_loss.detach(), "g_loss": g_loss.detach()}

    def optimizers(generator: Any, discriminator: Any) -> tuple[Any, Any]:
        return (
            torch.optim.Adam(generator.parameters(), 0.01, betas=(0.5, 0.9)),
            torch.optim.Adam(discriminator.parameters(), 0.02),
        )

    gan = GAN()
    gan.compile(*optimizers(gan.generator, gan.discriminator))
    history = gan.fit(X, NOISE, batch_size=4, epochs=2, shuffle=False, verbose=0).history

    def plain(model: Any) -> torch.nn.Sequential:
        first, second = (layer.linear for layer in model.layers)
        return torch.nn.Sequential(
            torch.nn.Linear(first.in_features, 6), torch.nn.Tanh(), torch.nn.Linear(6, second.out_features)
        )

    twin = GAN()
    parts = []
    for model in (twin.generator, twin.discriminator):
        module = plain(model)
        for a, b in zip(module.parameters(), model.parameters(), strict=True):
            a.data.copy_(b.data)
        parts.append(module)
    plain_optimizers = optimizers(*parts)
    for _ in range(2):
        for start in range(0, 16, 4):
            batch = (torch.from_numpy(a[start : start + 4]) for a in (X, NOISE))
            logs = step(*parts, *plain_optimizers, *batch)
    for mine, module in zip((gan.generator, gan.discriminator), parts, strict=True):
        for a, b in zip(mine.parameters(), module.parameters(), strict=True):
            torch.testing.assert_close(a, b)
    assert history["g_loss"][-1] == pytest.approx(float(logs["g_loss"]), rel=1e-5)


def test_a_gan_is_saved_and_goes_on(tmp_path: Any) -> None:
    gan = gan_in_keras_style(ours)
    loss = ours.losses.BinaryCrossentropy(from_logits=True)
    gan.compile(ours.optimizers.Adam(0.01), ours.optimizers.Adam(0.05), loss)
    gan.fit(X, NOISE, batch_size=4, shuffle=False, verbose=0)
    gan.save_weights(tmp_path / "gan.weights.h5")
    other = gan_in_keras_style(ours)
    other.load_weights(tmp_path / "gan.weights.h5")
    for mine, theirs in zip(gan.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_variational_autoencoder_with_inner_losses(real_keras: ModuleType) -> None:
    def run(K: Any) -> tuple[dict, list]:
        class Code(K.layers.Layer):
            def __init__(self) -> None:
                super().__init__()
                self.mean, self.log_variance = K.layers.Dense(2), K.layers.Dense(2)

            def build(self, input_shape: Any) -> None:
                self.mean.build(input_shape)
                self.log_variance.build(input_shape)
                self.built = True

            def call(self, x: Any) -> Any:
                mean, log_variance = self.mean(x), self.log_variance(x)
                divergence = 1 + log_variance - K.ops.square(mean) - K.ops.exp(log_variance)
                self.add_loss(-0.5 * K.ops.mean(divergence))
                return mean + K.ops.exp(0.5 * log_variance) * 0.3  # fixed, where noise would stand

        class VAE(K.Model):
            def __init__(self) -> None:
                super().__init__()
                self.code, self.decoder = Code(), network(K, 2, 4, 5)
                self.code.build((None, 4))
                fixed(self.code, 4)

            def call(self, x: Any) -> Any:
                return self.decoder(self.code(x))

        vae = VAE()
        vae.compile(K.optimizers.RMSprop(0.01), "mse", metrics=["mae"])
        history = vae.fit(X, X, batch_size=4, epochs=3, shuffle=False, verbose=0, validation_data=(X, X)).history
        return history, vae.get_weights()

    both(real_keras, run)


def test_overridden_steps_and_metrics(real_keras: ModuleType) -> None:
    def run(K: Any) -> tuple[dict, list]:
        class Scaled(K.Model):
            def __init__(self) -> None:
                super().__init__()
                self.inner = network(K, 4, 2, 1)
                self.seen = K.metrics.Sum(name="seen")

            def call(self, x: Any) -> Any:
                return self.inner(x)

            def compute_loss(
                self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
            ) -> Any:
                self.seen.update_state(K.ops.ones((len(y_pred),)))
                return 2 * K.ops.mean(K.ops.square(y - y_pred)) + 0.01 * K.ops.mean(K.ops.abs(y_pred))

            def test_step(self, data: Any) -> dict[str, Any]:
                x, y = data
                return {"error": K.ops.max(K.ops.abs(self(x, training=False) - y))}

            def predict_step(self, data: Any) -> Any:
                return 10 * self(data, training=False)

        model = Scaled()
        model.compile(K.optimizers.Adam(0.01), metrics=["mae"])
        history = model.fit(X, X[:, :2], batch_size=4, epochs=2, shuffle=False, verbose=0).history
        evaluated = model.evaluate(X, X[:, :2], batch_size=16, verbose=0, return_dict=True)
        return history, [*model.get_weights(), np.array(list(evaluated.values())), model.predict(X, verbose=0) / 10]

    both(real_keras, run)


def test_a_train_function_of_its_own() -> None:
    class Twice(ours.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inner = network(ours, 4, 2, 1)

        def call(self, x: Any) -> Any:
            return self.inner(x)

        def make_train_function(self, force: bool = False) -> Any:
            once = super().make_train_function(force)

            def twice(iterator: Any) -> Any:
                calls.append(1)
                return once(iterator)

            self.train_function = twice
            return twice

    calls: list[int] = []
    model = Twice()
    model.compile("sgd", "mse")
    model.fit(X, X[:, :2], batch_size=4, epochs=2, verbose=0)
    assert len(calls) == 8


@pytest.mark.parametrize("style", ["two optimizers", "one for two"])
def test_two_optimizers_for_two_parts(style: str, real_keras: ModuleType) -> None:
    """A part with another rate: by hand, and by `MultiOptimizer` where Keras has only the first way."""

    def by_hand(K: Any) -> tuple[dict, list]:
        class Parts(K.Model):
            def __init__(self) -> None:
                super().__init__()
                self.body, self.head = network(K, 4, 3, 1), network(K, 3, 1, 2)

            def call(self, x: Any) -> Any:
                return self.head(self.body(x))

            def train_step(self, data: Any) -> dict[str, Any]:
                x, y = data
                self.zero_grad()
                loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
                loss.backward()
                with torch.no_grad():
                    for part, optimizer in ((self.body, self.optimizer), (self.head, second)):
                        weights = part.trainable_weights
                        optimizer.apply([w.value.grad for w in weights], weights)
                return {"squares": loss.detach()}

        model, second = Parts(), K.optimizers.SGD(0.1)
        model.compile(K.optimizers.Adam(0.01), "mse")
        return model.fit(X, X[:, :1], batch_size=4, epochs=3, shuffle=False, verbose=0).history, model.get_weights()

    if style == "two optimizers":
        both(real_keras, by_hand)
        return
    body, head = network(ours, 4, 3, 1), network(ours, 3, 1, 2)
    head_weights = {id(v) for v in head.weights}
    model = ours.Sequential([ours.Input((4,)), body, head])
    adam, sgd = ours.optimizers.Adam(0.01), ours.optimizers.SGD(0.1)
    model.compile(ours.optimizers.MultiOptimizer(lambda v: sgd if id(v) in head_weights else adam), "mse")
    model.fit(X, X[:, :1], batch_size=4, epochs=3, shuffle=False, verbose=0)
    for mine, theirs in zip(model.get_weights(), by_hand(real_keras)[1], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-6)


SOURCES: dict[str, Callable[[], Any]] = {
    "array": lambda: X,
    "tensor": lambda: torch.from_numpy(X),
    "dict": lambda: {"a": X},
    "two arrays": lambda: [X, X],
    "a list of one": lambda: [X],
    "arrays in a DataLoader": lambda: torch.utils.data.DataLoader(X, batch_size=16),
    "tuples in a DataLoader": lambda: torch.utils.data.DataLoader([(row,) for row in X], batch_size=16),
    "tuples in a generator": lambda: ((x,) for x in (X, X)),
}


@pytest.mark.parametrize("source", SOURCES)
def test_steps_get_inputs_alone_in_the_structure_of_keras(source: str, real_keras: ModuleType) -> None:
    """As notes of autoencoders have it: `def train_step(self, images)`."""

    def structure(data: Any) -> Any:
        if isinstance(data, (list, tuple)):
            return [structure(part) for part in data]  # Keras has lists where torch collates tuples
        return {k: structure(v) for k, v in data.items()} if isinstance(data, dict) else type(data)

    def seen(K: Any) -> list[Any]:
        found = []

        class Own(K.Model):
            def __init__(self) -> None:
                super().__init__()
                self.built = True

            def call(self, x: Any) -> Any:
                return x

            def train_step(self, data: Any) -> dict[str, Any]:
                found.append(structure(data))
                return {"loss": 0.0}

            test_step = train_step

            def predict_step(self, data: Any) -> Any:
                found.append(structure(data))
                return torch.zeros(16, 1)

        model = Own()
        model.compile()
        steps = 1 if "generator" in source else None
        model.fit(SOURCES[source](), steps_per_epoch=steps, shuffle=False, verbose=0)
        for method in (model.evaluate, model.predict):
            method(SOURCES[source](), steps=steps, verbose=0)
        return found

    assert seen(ours) == seen(real_keras)


def test_own_steps_are_used_for_one_batch(real_keras: ModuleType) -> None:
    def results(K: Any) -> list[Any]:
        class Own(K.Model):
            def __init__(self) -> None:
                super().__init__()
                self.inner = network(K, 4, 2, 1)
                self.built = True

            def call(self, x: Any) -> Any:
                return self.inner(x)

            def test_step(self, data: Any) -> dict[str, Any]:
                y = self(torch.as_tensor(data[0]))
                assert not y.requires_grad
                return {"largest": y.max()}

            def predict_step(self, data: Any) -> Any:
                (x,) = data
                return 10 * self(torch.as_tensor(x))

        model = Own()
        model.compile()
        return [model.predict_on_batch(X), model.test_on_batch(X, X[:, :2], return_dict=True)["largest"]]

    for mine, theirs in zip(results(ours), results(real_keras), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4)


def test_a_loss_without_state_is_that_of_keras(real_keras):
    found = []
    values = [np.full((2, 1), 0.5, "float32"), np.full((1,), 2.0, "float32")]
    x, y, y_pred = np.ones((4, 2), "float32"), np.ones((4, 1), "float32"), np.zeros((4, 1), "float32")
    for space in (real_keras, ours):
        dense = space.layers.Dense(1, kernel_regularizer="l2")
        model = space.Sequential([space.layers.Input((2,)), dense])
        model.compile("sgd", "mse", metrics=["mae"])
        model.train_on_batch(x, y)
        before = [np.asarray(v) for v in map(space.ops.convert_to_numpy, model.variables)]
        given = [space.ops.convert_to_tensor(v) for v in values]
        metrics = [v.value for v in model.metrics_variables]
        arguments = {"x": x, "y": y, "y_pred": y_pred, "training": False}
        loss, after = model.stateless_compute_loss(given, [], metrics, **arguments)
        found.append((float(loss), [len(part) for part in after]))
        assert all(map(np.array_equal, before, map(space.ops.convert_to_numpy, model.variables)))
    assert found[0][0] == pytest.approx(found[1][0]) and found[0][1] == found[1][1]
    with pytest.raises(ValueError, match="each of the 2 variables of that name. Received 1"):
        model.stateless_compute_loss(given[:1], [], metrics, **arguments)


def test_a_model_has_the_attributes_of_training_before_compile():
    model = ours.Sequential([ours.layers.Dense(1)])
    names = ("loss", "train_function", "test_function", "predict_function")
    assert [getattr(model, name) for name in names] == [None] * 4
    assert (model.jit_compile, model.run_eagerly, model.supports_jit) == (False, False, True)
