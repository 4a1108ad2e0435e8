from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.dialects.methods.shared_optimizers import SharedState
from torchkeras_compat.optimizers.adam import Adam


def test_members_follow_the_rate_that_was_set_and_the_updates_of_all() -> None:
    first, second = Adam(0.5), Adam(0.5)
    state = SharedState(first)
    state.add(second)
    second.learning_rate = 0.125
    second._iterations = 3
    state.after(second)
    state.before(first)
    assert (float(first.learning_rate), first._iterations) == (0.125, 3)


@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf_keras"])
def test_models_of_a_gan_share_an_optimizer(request, dialect: str) -> None:
    request.getfixturevalue(dialect)
    from keras.layers import Dense, Input
    from keras.models import Model, Sequential
    from keras.optimizers import SGD

    optimizer = SGD(0.5)
    discriminator = Sequential([Dense(1, activation="sigmoid", input_dim=3)])
    discriminator.compile(optimizer, "binary_crossentropy")
    generator = Sequential([Dense(3, input_dim=2)])
    discriminator.trainable = False
    noise = Input((2,))
    combined = Model(noise, discriminator(generator(noise)))
    combined.compile(optimizer, "binary_crossentropy")
    before = generator.get_weights()[0].copy(), discriminator.get_weights()[0].copy()
    discriminator.train_on_batch(np.ones((4, 3)), np.ones(4))
    assert not np.allclose(discriminator.get_weights()[0], before[1])
    middle = discriminator.get_weights()[0].copy()
    combined.train_on_batch(np.ones((4, 2)), np.ones(4))
    assert not np.allclose(generator.get_weights()[0], before[0])
    np.testing.assert_array_equal(discriminator.get_weights()[0], middle)
    discriminator.train_on_batch(np.ones((4, 3)), np.zeros(4))
    assert int(optimizer.iterations) == int(combined.optimizer.iterations) == 3
