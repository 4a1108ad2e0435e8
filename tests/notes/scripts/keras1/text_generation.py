'''Writes text, one character after another; a loop of its own around fit.'''
from __future__ import print_function
import random
import sys

import numpy as np
from keras.layers import LSTM, Activation, Dense, Dropout
from keras.models import Sequential
from keras.optimizers import RMSprop

np.random.seed(2)
text = 'round and round the ragged rock the rascal ran. ' * 15
print('corpus length:', len(text))
chars = sorted(list(set(text)))
char_indices = dict((c, i) for i, c in enumerate(chars))
indices_char = dict((i, c) for i, c in enumerate(chars))
maxlen = 10
step = 3
sentences = []
next_chars = []
for i in range(0, len(text) - maxlen, step):
    sentences.append(text[i: i + maxlen])
    next_chars.append(text[i + maxlen])
X = np.zeros((len(sentences), maxlen, len(chars)), dtype=bool)
y = np.zeros((len(sentences), len(chars)), dtype=bool)
for i, sentence in enumerate(sentences):
    for t, char in enumerate(sentence):
        X[i, t, char_indices[char]] = 1
    y[i, char_indices[next_chars[i]]] = 1

model = Sequential()
model.add(LSTM(24, input_shape=(maxlen, len(chars)), return_sequences=True, consume_less='gpu'))
model.add(Dropout(0.1))
model.add(LSTM(24, return_sequences=False))
model.add(Dense(len(chars)))
model.add(Activation('softmax'))
optimizer = RMSprop(lr=0.01)
model.compile(loss='categorical_crossentropy', optimizer=optimizer)


def sample(preds, temperature=1.0):
    preds = np.asarray(preds).astype('float64')
    preds = np.log(preds) / temperature
    exp_preds = np.exp(preds)
    preds = exp_preds / np.sum(exp_preds)
    probas = np.random.multinomial(1, preds, 1)
    return np.argmax(probas)


losses = []
for iteration in range(1, 4):
    print('Iteration', iteration)
    losses += model.fit(X, y, batch_size=32, nb_epoch=1).history['loss']
    start_index = random.randint(0, len(text) - maxlen - 1)
    for diversity in [0.5, 1.2]:
        generated = ''
        sentence = text[start_index: start_index + maxlen]
        generated += sentence
        for i in range(5):
            x = np.zeros((1, maxlen, len(chars)))
            for t, char in enumerate(sentence):
                x[0, t, char_indices[char]] = 1.
            preds = model.predict(x, verbose=0)[0]
            next_char = indices_char[sample(preds, diversity)]
            generated += next_char
            sentence = sentence[1:] + next_char
            sys.stdout.write(next_char)
            sys.stdout.flush()
        print()
assert len(generated) == maxlen + 5
assert losses[-1] < losses[0]
