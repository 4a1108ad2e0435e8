'''Filters, dreams and styles, on a small network whose weights are given: gradients of the graph by the backend.'''
from __future__ import print_function
import time

import numpy as np
from keras import backend as K
from keras.layers import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.models import Sequential
from scipy.optimize import fmin_l_bfgs_b

np.random.seed(0)
img_width, img_height = 12, 12
dim_ordering = K.image_dim_ordering()
print('dim ordering:', dim_ordering)
img_size = (3, img_width, img_height) if dim_ordering == 'th' else (img_width, img_height, 3)

model = Sequential()
model.add(ZeroPadding2D((1, 1), batch_input_shape=(1,) + img_size))
first_layer = model.layers[-1]
input_img = first_layer.input
model.add(Convolution2D(4, 3, 3, activation='relu', name='conv1_1'))
model.add(ZeroPadding2D((1, 1)))
model.add(Convolution2D(4, 3, 3, activation='relu', name='conv1_2'))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
print('Model loaded.')
model.summary()

layer_dict = dict([(layer.name, layer) for layer in model.layers])


def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + 1e-5)


kept_filters = []
for filter_index in range(0, 2):
    layer_output = layer_dict['conv1_2'].output
    loss = K.mean(layer_output[:, :, :, filter_index])
    grads = K.gradients(loss, input_img)[0]
    grads = normalize(grads)
    iterate = K.function([input_img], [loss, grads])
    step = 1.
    input_img_data = np.random.random((1, img_width, img_height, 3)) * 20 + 128.
    for i in range(5):
        loss_value, grads_value = iterate([input_img_data])
        input_img_data += grads_value * step
        print('Current loss value:', loss_value)
        if loss_value <= 0.:
            break
    kept_filters.append((input_img_data[0], loss_value))
assert len(kept_filters) == 2


def continuity_loss(x):
    assert K.ndim(x) == 4
    a = K.square(x[:, :img_width - 1, :img_height - 1, :] - x[:, 1:, :img_height - 1, :])
    b = K.square(x[:, :img_width - 1, :img_height - 1, :] - x[:, :img_width - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


dream = model.layers[0].input
loss = K.variable(0.)
x = layer_dict['conv1_1'].output
shape = layer_dict['conv1_1'].output_shape
loss -= 0.3 * K.sum(K.square(x[:, 2: shape[1] - 2, 2: shape[2] - 2, :])) / np.prod(shape[1:])
loss += 0.01 * continuity_loss(dream) / np.prod(img_size)
loss += 0.02 * K.sum(K.square(dream)) / np.prod(img_size)
grads = K.gradients(loss, dream)
outputs = [loss]
if type(grads) in {list, tuple}:
    outputs += grads
else:
    outputs.append(grads)
f_outputs = K.function([dream], outputs)


def eval_loss_and_grads(x):
    x = x.reshape((1,) + img_size)
    outs = f_outputs([x])
    loss_value = outs[0]
    grad_values = np.array(outs[1:]).flatten().astype('float64')
    return loss_value, grad_values


class Evaluator(object):
    def __init__(self):
        self.loss_value = None
        self.grads_values = None

    def loss(self, x):
        self.loss_value, self.grad_values = eval_loss_and_grads(x)
        return self.loss_value

    def grads(self, x):
        return np.copy(self.grad_values)


evaluator = Evaluator()
x = np.random.uniform(-2, 2, (1,) + img_size)
before = evaluator.loss(x)
for i in range(2):
    start_time = time.time()
    x, min_val, info = fmin_l_bfgs_b(evaluator.loss, x.flatten(), fprime=evaluator.grads, maxfun=5)
    print('Current loss value:', min_val)
assert min_val < before
