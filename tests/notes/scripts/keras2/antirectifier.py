'''A layer of one's own: centred, normalized, positive and negative parts side by side.'''
from __future__ import print_function

import keras
import numpy as np
from keras import backend as K
from keras import layers
from keras.datasets import mnist
from keras.engine.topology import Layer
from keras.models import Sequential, load_model


class Antirectifier(layers.Layer):
    '''Twice as many features, all of them positive.'''

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        assert len(shape) == 2
        shape[-1] *= 2
        return tuple(shape)

    def call(self, inputs):
        inputs -= K.mean(inputs, axis=1, keepdims=True)
        inputs = K.l2_normalize(inputs, axis=1)
        pos = K.relu(inputs)
        neg = K.relu(-inputs)
        return K.concatenate([pos, neg], axis=1)


class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(name='kernel', shape=(input_shape[1], self.output_dim),
                                      initializer='uniform', trainable=True)
        super(MyLayer, self).build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)

    def get_config(self):
        config = {'output_dim': self.output_dim}
        base_config = super(MyLayer, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train[:500].reshape(500, 784).astype('float32') / 255
y_train = keras.utils.to_categorical(y_train[:500], 10)

model = Sequential()
model.add(layers.Dense(32, input_shape=(784,)))
model.add(Antirectifier())
model.add(layers.Dropout(0.1))
model.add(MyLayer(32))
model.add(Antirectifier())
model.add(layers.Dense(10))
model.add(layers.Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
history = model.fit(x_train, y_train, batch_size=32, epochs=4, verbose=0)
assert history.history['accuracy'][-1] > 0.5
assert model.layers[1].output_shape == (None, 64)
assert [w.shape for w in model.layers[3].get_weights()] == [(64, 32)]

model.save('anti.h5')
again = load_model('anti.h5', custom_objects={'Antirectifier': Antirectifier, 'MyLayer': MyLayer})
assert np.allclose(again.predict(x_train[:5]), model.predict(x_train[:5]), atol=1e-5)
with keras.utils.CustomObjectScope({'Antirectifier': Antirectifier, 'MyLayer': MyLayer}):
    copy = Sequential.from_config(model.get_config())
assert copy.count_params() == model.count_params()
