"""Scripts of Keras 1 and 2 around the graph of a model, in the manner of their examples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import fmin_l_bfgs_b

from torchkeras_compat import Variable, applications, utils
from torchkeras_compat.legacy.backend import comparisons, elementwise, inspection, products, reductions, shapes
from torchkeras_compat.legacy.backend.graph.function import function
from torchkeras_compat.legacy.backend.graph.gradients import gradients
from torchkeras_compat.legacy.backend.placeholders import placeholder
from torchkeras_compat.legacy.backend.variables import variable

ROWS, COLUMNS = 32, 40


def test_a_picture_takes_the_style_of_another() -> None:
    utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    base, style = (variable(rng.uniform(-100, 100, (1, ROWS, COLUMNS, 3))) for _ in range(2))
    combination = placeholder((1, ROWS, COLUMNS, 3))
    joined = shapes.concatenate([base, style, combination], axis=0)
    model = applications.VGG16(input_tensor=joined, weights=None, include_top=False)
    outputs = {layer.name: layer.output for layer in model.layers}

    def gram(x):
        features = shapes.batch_flatten(shapes.permute_dimensions(x, (2, 0, 1)))
        return products.dot(features, products.transpose(features))

    features = outputs["block5_conv2"]
    loss = variable(0.0)
    loss = loss + 0.025 * reductions.sum((features[2] - features[0]) ** 2)
    features = outputs["block1_conv1"]
    loss += reductions.sum((gram(features[1]) - gram(features[2])) ** 2) / (4.0 * 9 * (ROWS * COLUMNS) ** 2)
    loss += reductions.sum(elementwise.pow((combination[:, :-1] - combination[:, 1:]) ** 2, 1.25))
    compute = function([combination], [loss, *gradients(loss, combination)])

    def loss_and_gradient(x):
        found, gradient = compute([x.reshape((1, ROWS, COLUMNS, 3))])
        return float(found), gradient.flatten().astype("float64")

    x = base.numpy().flatten()
    before = loss_and_gradient(x)[0]
    x, after, _ = fmin_l_bfgs_b(loss_and_gradient, x, maxfun=10)
    assert after < 0.7 * before


def test_a_dream_raises_what_layers_see() -> None:
    utils.set_random_seed(0)
    model = applications.VGG16(weights=None, include_top=False)
    seen = model.get_layer("block2_conv2").output
    scale = reductions.prod(elementwise.cast(inspection.shape(seen), "float32"))
    loss = Variable(0.0) + reductions.sum(seen[:, 2:-2, 2:-2, :] ** 2) / scale
    gradient = gradients(loss, model.input)[0]
    gradient /= elementwise.maximum(reductions.mean(abs(gradient)), 1e-7)
    step = function([model.input], [loss, gradient])
    picture = np.random.default_rng(0).uniform(-1, 1, (1, 40, 50, 3))
    losses = []
    for _ in range(4):
        found, by = step([picture])
        losses.append(float(found))
        picture = picture + 0.05 * by
    assert losses == sorted(losses)
    assert losses[-1] > 1.5 * losses[0]


def test_a_heat_map_of_a_class() -> None:
    utils.set_random_seed(0)
    model = applications.VGG16(weights=None, input_shape=(32, 32, 3), classes=10)
    last = model.get_layer("block5_conv3")
    best = comparisons.argmax(model.output[0])
    by = gradients(model.output[:, 3], last.output)[0]
    iterate = function([model.input], [reductions.mean(by, axis=(0, 1, 2)), last.output[0], best])
    weights, features, place = iterate([np.random.default_rng(0).random((1, 32, 32, 3))])
    assert (weights.shape, features.shape) == ((512,), (2, 2, 512))
    assert place in range(10)
    assert (features * weights).mean(-1).shape == (2, 2)
    with pytest.raises(ValueError, match="takes 1 inputs"):
        iterate([])
