'''Reviews of films: an LSTM, a bidirectional one, a convolution, both together, and an average of n-grams.'''

from __future__ import print_function

import numpy as np
from keras.datasets import imdb
from keras.layers import (LSTM, Activation, Bidirectional, Conv1D, Dense, Dropout, Embedding, GlobalAveragePooling1D,
                          GlobalMaxPooling1D, MaxPooling1D)
from keras.models import Sequential
from keras.preprocessing import sequence

max_features = 1000
maxlen = 40
batch_size = 32


def create_ngram_set(input_list, ngram_value=2):
    return set(zip(*[input_list[i:] for i in range(ngram_value)]))


def add_ngram(sequences, token_indice, ngram_range=2):
    new_sequences = []
    for input_list in sequences:
        new_list = input_list[:]
        for ngram_value in range(2, ngram_range + 1):
            for i in range(len(new_list) - ngram_value + 1):
                ngram = tuple(new_list[i:i + ngram_value])
                if ngram in token_indice:
                    new_list.append(token_indice[ngram])
        new_sequences.append(new_list)
    return new_sequences


print('Loading data...')
(x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=max_features)
x_train, y_train, x_test, y_test = x_train[:400], y_train[:400], x_test[:200], y_test[:200]
print(len(x_train), 'train sequences')
print('Average train sequence length: {}'.format(np.mean(list(map(len, x_train)), dtype=int)))

ngram_set = set()
for input_list in x_train[:50]:
    for i in range(2, 3):
        ngram_set.update(create_ngram_set(input_list, ngram_value=i))
start_index = max_features + 1
token_indice = {v: k + start_index for k, v in enumerate(sorted(ngram_set))}
with_pairs = sequence.pad_sequences(add_ngram(x_train, token_indice), maxlen=80)
all_features = start_index + len(token_indice)

print('Pad sequences (samples x time)')
x_train = sequence.pad_sequences(x_train, maxlen=maxlen)
x_test = sequence.pad_sequences(x_test, maxlen=maxlen)
print('x_train shape:', x_train.shape)


def trained(model, x=x_train):
    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model.fit(x, y_train, batch_size=batch_size, epochs=2, verbose=0).history


lstm = Sequential()
lstm.add(Embedding(max_features, 16))
lstm.add(LSTM(16, dropout=0.2, recurrent_dropout=0.2))
lstm.add(Dense(1, activation='sigmoid'))
history = trained(lstm)
assert history['loss'][-1] < history['loss'][0]
score, acc = lstm.evaluate(x_test, y_test, batch_size=batch_size)
print('Test score:', score)
print('Test accuracy:', acc)

both_ways = Sequential()
both_ways.add(Embedding(max_features, 16, input_length=maxlen))
both_ways.add(Bidirectional(LSTM(8)))
both_ways.add(Dropout(0.5))
both_ways.add(Dense(1, activation='sigmoid'))
trained(both_ways)
assert both_ways.layers[1].output_shape == (None, 16)

cnn_lstm = Sequential()
cnn_lstm.add(Embedding(max_features, 16, input_length=maxlen))
cnn_lstm.add(Dropout(0.25))
cnn_lstm.add(Conv1D(16, 5, padding='valid', activation='relu', strides=1))
cnn_lstm.add(MaxPooling1D(pool_size=4))
cnn_lstm.add(LSTM(8))
cnn_lstm.add(Dense(1))
cnn_lstm.add(Activation('sigmoid'))
trained(cnn_lstm)
assert cnn_lstm.layers[3].output_shape == (None, 9, 16)

cnn = Sequential()
cnn.add(Embedding(max_features, 16, input_length=maxlen))
cnn.add(Conv1D(32, 3, padding='valid', activation='relu', strides=1))
cnn.add(GlobalMaxPooling1D())
cnn.add(Dense(16))
cnn.add(Activation('relu'))
cnn.add(Dense(1))
cnn.add(Activation('sigmoid'))
assert trained(cnn)['accuracy'][-1] > 0.5

fast = Sequential()
fast.add(Embedding(all_features, 8, input_length=80))
fast.add(GlobalAveragePooling1D())
fast.add(Dense(1, activation='sigmoid'))
assert trained(fast, with_pairs)['loss'][-1] < 0.7
