'''Reads pictures of words, by the connectionist temporal classification.'''
import itertools

import numpy as np
from keras import backend as K
from keras.callbacks import Callback
from keras.layers import Activation, Dense, Input, Lambda, Reshape
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.layers.merge import add, concatenate
from keras.layers.recurrent import GRU
from keras.models import Model
from keras.optimizers import SGD

np.random.seed(55)
alphabet = 'abc '
absolute_max_string_len = 3
img_w, img_h = 32, 8
pool_size = 2


def ctc_lambda_func(args):
    y_pred, labels, input_length, label_length = args
    # the first outputs of the recurrent layers say little
    y_pred = y_pred[:, 2:, :]
    return K.ctc_batch_cost(labels, y_pred, input_length, label_length)


def decode_batch(test_func, word_batch):
    out = test_func([word_batch])[0]
    ret = []
    for j in range(out.shape[0]):
        out_best = list(np.argmax(out[j, 2:], 1))
        out_best = [k for k, g in itertools.groupby(out_best)]
        ret.append(''.join(alphabet[c] for c in out_best if c < len(alphabet)))
    return ret


def paint(n):
    labels = np.random.randint(0, 3, (n, absolute_max_string_len))
    images = np.zeros((n, img_w, img_h, 1), 'float32')
    for i, j in itertools.product(range(n), range(absolute_max_string_len)):
        images[i, 8 + 8 * j: 14 + 8 * j, 2 * labels[i, j] + 1: 2 * labels[i, j] + 3] = 1
    return images, labels


def next_batch(minibatch_size=16):
    while 1:
        X, labels = paint(minibatch_size)
        inputs = {'the_input': X,
                  'the_labels': labels.astype('float32'),
                  'input_length': np.ones([minibatch_size, 1]) * (img_w // pool_size - 2),
                  'label_length': np.ones([minibatch_size, 1]) * absolute_max_string_len,
                  'source_str': ['...'] * minibatch_size}
        inputs.pop('source_str')
        outputs = {'ctc': np.zeros([minibatch_size])}
        yield (inputs, outputs)


class VizCallback(Callback):
    def __init__(self, test_func):
        self.test_func = test_func
        self.words = []

    def on_epoch_end(self, epoch, logs={}):
        self.words.append(decode_batch(self.test_func, paint(2)[0]))


input_data = Input(name='the_input', shape=(img_w, img_h, 1), dtype='float32')
inner = Conv2D(4, (3, 3), padding='same', activation='relu', kernel_initializer='he_normal', name='conv1')(input_data)
inner = MaxPooling2D(pool_size=(pool_size, pool_size), name='max1')(inner)
inner = Reshape(target_shape=(img_w // pool_size, img_h // pool_size * 4), name='reshape')(inner)
inner = Dense(16, activation='relu', name='dense1')(inner)
gru_1 = GRU(16, return_sequences=True, kernel_initializer='he_normal', name='gru1')(inner)
gru_1b = GRU(16, return_sequences=True, go_backwards=True, kernel_initializer='he_normal', name='gru1_b')(inner)
gru1_merged = add([gru_1, gru_1b])
gru_2 = GRU(16, return_sequences=True, kernel_initializer='he_normal', name='gru2')(gru1_merged)
gru_2b = GRU(16, return_sequences=True, go_backwards=True, kernel_initializer='he_normal', name='gru2_b')(gru1_merged)
inner = Dense(len(alphabet) + 1, kernel_initializer='he_normal', name='dense2')(concatenate([gru_2, gru_2b]))
y_pred = Activation('softmax', name='softmax')(inner)
Model(inputs=input_data, outputs=y_pred).summary()

labels = Input(name='the_labels', shape=[absolute_max_string_len], dtype='float32')
input_length = Input(name='input_length', shape=[1], dtype='int64')
label_length = Input(name='label_length', shape=[1], dtype='int64')
loss_out = Lambda(ctc_lambda_func, output_shape=(1,), name='ctc')([y_pred, labels, input_length, label_length])
sgd = SGD(learning_rate=0.02, decay=1e-6, momentum=0.9, nesterov=True)
model = Model(inputs=[input_data, labels, input_length, label_length], outputs=loss_out)
model.compile(loss={'ctc': lambda y_true, y_pred: y_pred}, optimizer=sgd)
test_func = K.function([input_data], [y_pred])
viz_cb = VizCallback(test_func)
history = model.fit_generator(generator=next_batch(), steps_per_epoch=8, epochs=4, validation_data=next_batch(),
                              validation_steps=1, callbacks=[viz_cb], initial_epoch=0, verbose=0)
print(viz_cb.words)
assert len(viz_cb.words) == 4
assert history.history['loss'][-1] < history.history['loss'][0]
