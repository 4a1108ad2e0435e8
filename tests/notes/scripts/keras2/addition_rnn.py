# -*- coding: utf-8 -*-
'''Adds two numbers which are given as characters.'''
from __future__ import print_function

import numpy as np
from keras import layers
from keras.models import Sequential


class CharacterTable(object):
    def __init__(self, chars):
        self.chars = sorted(set(chars))
        self.char_indices = dict((c, i) for i, c in enumerate(self.chars))
        self.indices_char = dict((i, c) for i, c in enumerate(self.chars))

    def encode(self, C, num_rows):
        x = np.zeros((num_rows, len(self.chars)))
        for i, c in enumerate(C):
            x[i, self.char_indices[c]] = 1
        return x

    def decode(self, x, calc_argmax=True):
        if calc_argmax:
            x = x.argmax(axis=-1)
        return ''.join(self.indices_char[x] for x in x)


TRAINING_SIZE = 400
DIGITS = 1
REVERSE = True
MAXLEN = DIGITS + 1 + DIGITS
chars = '0123456789+ '
ctable = CharacterTable(chars)

questions = []
expected = []
rng = np.random.RandomState(1)
for a in rng.randint(0, 10, size=(TRAINING_SIZE, 2)):
    q = '{}+{}'.format(a[0], a[1])
    query = q + ' ' * (MAXLEN - len(q))
    ans = str(a[0] + a[1])
    ans += ' ' * (DIGITS + 1 - len(ans))
    if REVERSE:
        query = query[::-1]
    questions.append(query)
    expected.append(ans)

x = np.zeros((len(questions), MAXLEN, len(chars)), dtype=bool)
y = np.zeros((len(questions), DIGITS + 1, len(chars)), dtype=bool)
for i, sentence in enumerate(questions):
    x[i] = ctable.encode(sentence, MAXLEN)
for i, sentence in enumerate(expected):
    y[i] = ctable.encode(sentence, DIGITS + 1)
split_at = len(x) - len(x) // 10
(x_train, x_val) = x[:split_at], x[split_at:]
(y_train, y_val) = y[:split_at], y[split_at:]

RNN = layers.LSTM
HIDDEN_SIZE = 32
BATCH_SIZE = 32
LAYERS = 1
model = Sequential()
model.add(RNN(HIDDEN_SIZE, input_shape=(MAXLEN, len(chars))))
model.add(layers.RepeatVector(DIGITS + 1))
for _ in range(LAYERS):
    model.add(RNN(HIDDEN_SIZE, return_sequences=True))
model.add(layers.TimeDistributed(layers.Dense(len(chars), activation='softmax')))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.summary()

for iteration in range(1, 4):
    print('Iteration', iteration)
    history = model.fit(x_train, y_train, batch_size=BATCH_SIZE, epochs=2, validation_data=(x_val, y_val), verbose=0)
    for i in range(2):
        ind = np.random.randint(0, len(x_val))
        rowx, rowy = x_val[np.array([ind])], y_val[np.array([ind])]
        preds = model.predict_classes(rowx, verbose=0)
        q = ctable.decode(rowx[0])
        correct = ctable.decode(rowy[0])
        guess = ctable.decode(preds[0], calc_argmax=False)
        print('Q', q[::-1] if REVERSE else q, 'T', correct, 'no' if guess != correct else 'yes', guess)
assert preds.shape == (1, 2)
assert history.history['val_accuracy'][-1] > 0.25
