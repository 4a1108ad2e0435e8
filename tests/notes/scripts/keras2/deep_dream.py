'''Changes a picture so that it excites some layers of a network more, at several sizes.'''
from __future__ import print_function

import numpy as np
import scipy.ndimage
from keras import backend as K
from keras.layers import Conv2D, Input, MaxPooling2D
from keras.models import Model

np.random.seed(2)
K.set_learning_phase(0)

images = Input(shape=(None, None, 3), name='picture')
x = Conv2D(8, 3, activation='relu', padding='same', name='mixed2')(images)
x = MaxPooling2D(2)(x)
x = Conv2D(8, 3, activation='relu', padding='same', name='mixed3')(x)
model = Model(images, x)
dream = model.input
settings = {'features': {'mixed2': 0.2, 'mixed3': 0.5}}

layer_dict = dict([(layer.name, layer) for layer in model.layers])
loss = K.variable(0.)
for layer_name in settings['features']:
    if layer_name not in layer_dict:
        raise ValueError('Layer ' + layer_name + ' not found in model.')
    coeff = settings['features'][layer_name]
    x = layer_dict[layer_name].output
    scaling = K.prod(K.cast(K.shape(x), 'float32'))
    if K.image_data_format() == 'channels_first':
        loss = loss + coeff * K.sum(K.square(x[:, :, 2: -2, 2: -2])) / scaling
    else:
        loss = loss + coeff * K.sum(K.square(x[:, 2: -2, 2: -2, :])) / scaling

grads = K.gradients(loss, dream)[0]
grads /= K.maximum(K.mean(K.abs(grads)), K.epsilon())
outputs = [loss, grads]
fetch_loss_and_grads = K.function([dream], outputs)


def eval_loss_and_grads(x):
    outs = fetch_loss_and_grads([x])
    return outs[0], outs[1]


def resize_img(img, size):
    img = np.copy(img)
    factors = (1, float(size[0]) / img.shape[1], float(size[1]) / img.shape[2], 1)
    return scipy.ndimage.zoom(img, factors, order=1)


def gradient_ascent(x, iterations, step, max_loss=None):
    for i in range(iterations):
        loss_value, grad_values = eval_loss_and_grads(x)
        if max_loss is not None and loss_value > max_loss:
            break
        print('..Loss value at', i, ':', loss_value)
        x += step * grad_values
    return x


img = np.random.uniform(-1, 1, (1, 24, 24, 3))
before = eval_loss_and_grads(img)[0]
for shape in [(16, 16), (20, 20), (24, 24)]:
    img = resize_img(img, shape)
    img = gradient_ascent(img, iterations=5, step=0.02, max_loss=100.)
assert img.shape == (1, 24, 24, 3)
assert eval_loss_and_grads(img)[0] > before
K.set_learning_phase(1)
K.clear_session()
