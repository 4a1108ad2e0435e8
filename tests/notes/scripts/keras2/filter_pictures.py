"""The input that excites a filter most, by gradient ascent; and Grad-CAM, where a class is seen."""
from __future__ import print_function

import numpy as np
from keras import backend as K
from keras import layers, models

np.random.seed(4)
model = models.Sequential()
model.add(layers.Conv2D(4, (3, 3), activation='relu', input_shape=(16, 16, 3), name='block1_conv1'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(6, (3, 3), activation='relu', name='block2_conv1'))
model.add(layers.Flatten())
model.add(layers.Dropout(0.5))
model.add(layers.Dense(3, activation='softmax', name='predictions'))

layer_outputs = [layer.output for layer in model.layers[:3]]
activation_model = models.Model(inputs=model.input, outputs=layer_outputs)
activations = activation_model.predict(np.random.rand(1, 16, 16, 3))
assert [a.shape for a in activations] == [(1, 14, 14, 4), (1, 7, 7, 4), (1, 5, 5, 6)]


def deprocess_image(x):
    x -= x.mean()
    x /= (x.std() + 1e-5)
    x *= 0.1
    x += 0.5
    x = np.clip(x, 0, 1)
    x *= 255
    return np.clip(x, 0, 255).astype('uint8')


def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + K.epsilon())


def generate_pattern(layer_name, filter_index, size=16):
    layer_output = model.get_layer(layer_name).output
    loss = K.mean(layer_output[:, :, :, filter_index])
    grads = K.gradients(loss, model.input)[0]
    grads /= (K.sqrt(K.mean(K.square(grads))) + 1e-5)
    iterate = K.function([model.input], [loss, grads])
    input_img_data = np.random.random((1, size, size, 3)) * 20 + 128.
    values = []
    for i in range(10):
        loss_value, grads_value = iterate([input_img_data])
        input_img_data += grads_value * 1.
        values.append(float(loss_value))
    return deprocess_image(input_img_data[0]), values


picture, values = generate_pattern('block2_conv1', 0)
assert picture.shape == (16, 16, 3) and picture.dtype == np.uint8
assert values[-1] > values[0] or values[0] == 0

# the phase as an input of the function
get_output = K.function([model.layers[0].input, K.learning_phase()], [model.layers[-1].output])
x = np.random.rand(2, 16, 16, 3)
assert np.allclose(get_output([x, 0])[0], model.predict(x), atol=1e-5)
assert not np.allclose(get_output([x, 1])[0], get_output([x, 0])[0])

# where the class is seen
class_output = model.output[:, 1]
last_conv_layer = model.get_layer('block2_conv1')
grads = K.gradients(class_output, last_conv_layer.output)[0]
pooled_grads = K.mean(grads, axis=(0, 1, 2))
iterate = K.function([model.input], [pooled_grads, last_conv_layer.output[0]])
pooled_grads_value, conv_layer_output_value = iterate([x[:1]])
for i in range(6):
    conv_layer_output_value[:, :, i] *= pooled_grads_value[i]
heatmap = np.mean(conv_layer_output_value, axis=-1)
heatmap = np.maximum(heatmap, 0)
print('heat', heatmap.shape)
assert heatmap.shape == (5, 5)
