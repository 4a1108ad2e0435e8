from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Input, Model, layers
from torchkeras_compat.legacy.preprocessing.image.array_iterator import NumpyArrayIterator
from torchkeras_compat.legacy.preprocessing.image.generator import ImageDataGenerator

X = np.random.RandomState(0).uniform(0, 255, (11, 4, 5, 3))
Y = np.arange(11) % 2


def test_targets_weights_and_further_inputs():
    weights = np.linspace(0, 1, 11)
    flow = ImageDataGenerator(dtype="float64").flow
    images, labels, w = flow(X, Y, batch_size=4, shuffle=False, sample_weight=weights)[1]
    assert np.array_equal(images, X[4:8]) and np.array_equal(labels, Y[4:8]) and np.array_equal(w, weights[4:8])
    assert np.array_equal(flow(X, batch_size=4, shuffle=False)[0], X[:4])
    (images, others, more), labels = flow((X, [weights, Y]), Y, batch_size=4, shuffle=False)[0]
    assert np.array_equal(others, weights[:4]) and np.array_equal(more, Y[:4])
    (images, others), _ = flow((X, weights), Y, batch_size=4, shuffle=False)[0]
    assert np.array_equal(others, weights[:4])
    assert np.array_equal(flow(X=X, batch_size=4, shuffle=False)[0], X[:4])
    assert flow(X.astype("uint8")).next().dtype == np.float64


def test_parts():
    generator = ImageDataGenerator(validation_split=0.3)
    train = generator.flow((X, Y), Y, sample_weight=Y, subset="training", shuffle=False)
    validation = generator.flow(X, Y, subset="validation", shuffle=False)
    assert (train.n, validation.n) == (8, 3)
    assert np.allclose(train.x, X[3:]) and np.allclose(validation.x, X[:3])
    assert np.array_equal(train.sample_weight, Y[3:]) and np.array_equal(train.x_misc[0], Y[3:])
    with pytest.raises(ValueError, match="different classes"):
        generator.flow(X, np.arange(11), subset="training")
    assert generator.flow(X, np.arange(11), subset="training", ignore_class_split=True).n == 8


def test_images_are_written(tmp_path):
    ImageDataGenerator().flow(X, batch_size=3, save_to_dir=tmp_path, save_prefix="a", save_format="jpeg").next()
    assert sorted(path.suffix for path in tmp_path.glob("a_*")) == [".jpeg"] * 3


@pytest.mark.parametrize("workers, processes", [(1, False), (2, False), pytest.param(2, True, marks=pytest.mark.slow)])
def test_models_train_and_predict(workers, processes):
    batches = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True, rotation_range=20).flow(X, Y, batch_size=4)
    batches.workers, batches.use_multiprocessing = workers, processes
    inputs = Input((4, 5, 3))
    model = Model(inputs, layers.Dense(1, activation="sigmoid")(layers.Flatten()(inputs)))
    model.compile("sgd", "binary_crossentropy")
    history = model.fit(batches, epochs=2, validation_data=batches, verbose=0)
    assert len(history.history["val_loss"]) == 2
    assert model.predict(batches, verbose=0).shape == (11, 1)


def test_bad_arguments_are_refused():
    generator = ImageDataGenerator()
    with pytest.raises(ValueError, match="rank 4"):
        generator.flow(X[0])
    with pytest.raises(ValueError, match="`y` should have the same length"):
        generator.flow(X, Y[:3])
    with pytest.raises(ValueError, match="`sample_weight` should have the same length"):
        generator.flow(X, sample_weight=Y[:3])
    with pytest.raises(ValueError, match="11 images and an array of 3"):
        generator.flow((X, Y[:3]))
    with pytest.raises(ValueError, match="Make one array"):
        generator.flow(list(X))
    with pytest.raises(TypeError, match="x=None"):
        generator.flow()
    with pytest.warns(UserWarning, match="2 channels"):
        NumpyArrayIterator(X[..., :2], None, generator)
