'''Layers of one's own, with get_output_shape_for and weights in lists, and losses and metrics by the backend.'''
from __future__ import print_function
import numpy as np
from keras import backend as K
from keras import initializations, regularizers
from keras.callbacks import Callback
from keras.engine import InputSpec, Layer, merge
from keras.engine.topology import Layer as TopologyLayer
from keras.layers import Activation, Dense, Input, Lambda
from keras.models import Model, Sequential, model_from_json
from keras.utils.np_utils import to_categorical
from keras.utils.visualize_util import plot


class Antirectifier(Layer):
    def get_output_shape_for(self, input_shape):
        shape = list(input_shape)
        assert len(shape) == 2  # only valid for 2D tensors
        shape[-1] *= 2
        return tuple(shape)

    def call(self, x, mask=None):
        x -= K.mean(x, axis=1, keepdims=True)
        x = K.l2_normalize(x, axis=1)
        pos = K.relu(x)
        neg = K.relu(-x)
        return K.concatenate([pos, neg], axis=1)


class MyLayer(TopologyLayer):
    def __init__(self, output_dim, init='glorot_uniform', W_regularizer=None, **kwargs):
        self.output_dim = output_dim
        self.init = initializations.get(init)
        self.W_regularizer = regularizers.get(W_regularizer)
        super(MyLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        self.input_spec = [InputSpec(dtype=K.floatx(), shape=(None, input_shape[1]))]
        initial_weight_value = np.random.random((input_shape[1], self.output_dim))
        self.W = K.variable(initial_weight_value * 0.1, name=f'{self.name}_W')
        self.b = self.add_weight((self.output_dim,), initializer='zero', name=f'{self.name}_b')
        self.trainable_weights = [self.W, self.b]
        self.built = True

    def call(self, x, mask=None):
        return K.dot(x, self.W) + self.b

    def get_output_shape_for(self, input_shape):
        return (input_shape[0], self.output_dim)

    def get_config(self):
        config = {'output_dim': self.output_dim, 'init': self.init.__name__}
        base_config = super(MyLayer, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


rng = np.random.RandomState(0)
X = rng.normal(size=(300, 6)).astype('float32')
labels = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0).astype(int)
Y = to_categorical(labels, 3)


def mean_pred(y_true, y_pred):
    return K.mean(y_pred)


def false_rates(y_true, y_pred):
    false_neg = K.mean(K.cast(K.argmax(y_true) > K.argmax(y_pred), 'float32'))
    return {'false_neg': false_neg}


def my_loss(y_true, y_pred):
    return -K.sum(y_true * K.log(K.clip(y_pred, K.epsilon(), 1.)), axis=-1)


class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))


model = Sequential()
model.add(Dense(12, input_shape=(6,)))
model.add(Antirectifier())
model.add(MyLayer(8))
model.add(Activation('tanh'))
model.add(Dense(3, activation='softmax'))
model.compile(loss=my_loss, optimizer='adam', metrics=['accuracy', mean_pred])
model.summary()
history = LossHistory()
h = model.fit(X, Y, nb_epoch=12, batch_size=30, callbacks=[history], verbose=0)
assert len(history.losses) == 120 and history.losses[-1] < history.losses[0]
assert h.history['acc'][-1] > 0.5
assert model.layers[1].output_shape == (None, 24)
assert [w.shape for w in model.layers[2].get_weights()] == [(24, 8), (8,)]
json_string = model.to_json()
copy = model_from_json(json_string, custom_objects={'Antirectifier': Antirectifier, 'MyLayer': MyLayer})
model.save_weights('my_model_weights.h5', overwrite=True)
copy.load_weights('my_model_weights.h5')
assert np.allclose(copy.predict(X), model.predict(X), atol=1e-5)
get_3rd_layer_output = K.function([model.layers[0].input, K.learning_phase()], [model.layers[2].output])
layer_output = get_3rd_layer_output([X, 0])[0]
assert layer_output.shape == (300, 8)
try:
    plot(model, to_file='model.png')
except (ImportError, OSError) as error:
    print('no picture:', error)
siamese = Input(shape=(6,)), Input(shape=(6,))
base = Dense(4)
distance = Lambda(lambda t: K.sqrt(K.sum(K.square(t[0] - t[1]), axis=1, keepdims=True)),
                  output_shape=lambda shapes: (shapes[0][0], 1))([base(siamese[0]), base(siamese[1])])
model = Model(input=list(siamese), output=distance)
cosine = merge([base(siamese[0]), base(siamese[1])], mode='cos', dot_axes=1)
custom = merge([base(siamese[0]), base(siamese[1])], mode=lambda x: x[0] - x[1], output_shape=lambda x: x[0])
assert K.int_shape(custom) == (None, 4)
assert model.predict([X[:3], X[:3]]).shape == (3, 1)
