'''Reviews of films: an LSTM with dropout of its gates, n-grams, convolutions, and two directions merged.'''
from __future__ import print_function
import numpy as np

np.random.seed(1337)  # for reproducibility

from keras import backend as K
from keras.datasets import imdb
from keras.layers import GRU, LSTM, Activation, Bidirectional, Convolution1D, Dense, Dropout, Embedding, Input, Lambda, MaxPooling1D, merge
from keras.models import Model, Sequential
from keras.preprocessing import sequence

max_features = 1000
maxlen = 40
batch_size = 32

print('Loading data...')
(X_train, y_train), (X_test, y_test) = imdb.load_data(nb_words=max_features)
X_train, y_train, X_test, y_test = X_train[:300], y_train[:300], X_test[:100], y_test[:100]
print(len(X_train), 'train sequences')
X_train = sequence.pad_sequences(X_train, maxlen=maxlen)
X_test = sequence.pad_sequences(X_test, maxlen=maxlen)
print('X_train shape:', X_train.shape)

model = Sequential()
model.add(Embedding(max_features, 16, dropout=0.2))
model.add(LSTM(16, dropout_W=0.2, dropout_U=0.2))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, y_train, batch_size=batch_size, nb_epoch=1, validation_data=(X_test, y_test))
score, acc = model.evaluate(X_test, y_test, batch_size=batch_size)
print('Test score:', score)
print('Test accuracy:', acc)

# convolutions and the largest of each feature, by a Lambda as in the time before GlobalMaxPooling1D
model = Sequential()
model.add(Embedding(max_features, 16, input_length=maxlen, dropout=0.2))
model.add(Convolution1D(nb_filter=16, filter_length=3, border_mode='valid', activation='relu', subsample_length=1))


def max_1d(X):
    return K.max(X, axis=1)


model.add(Lambda(max_1d, output_shape=(16,)))
model.add(Dense(16))
model.add(Dropout(0.2))
model.add(Activation('relu'))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
history = model.fit(X_train, y_train, batch_size=batch_size, nb_epoch=2, verbose=0)
assert model.layers[2].output_shape == (None, 16)

# convolution, pooling, recurrence
model = Sequential()
model.add(Embedding(max_features, 16, input_length=maxlen))
model.add(Dropout(0.25))
model.add(Convolution1D(nb_filter=16, filter_length=5, border_mode='valid', activation='relu', subsample_length=1))
model.add(MaxPooling1D(pool_length=4))
model.add(LSTM(8))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, y_train, batch_size=batch_size, nb_epoch=1, verbose=0)
assert model.layers[3].output_shape == (None, 9, 16)

# both directions, merged by the function
sequence_input = Input(shape=(maxlen,), dtype='int32')
embedded = Embedding(max_features, 16, input_length=maxlen)(sequence_input)
forwards = LSTM(8)(embedded)
backwards = LSTM(8, go_backwards=True)(embedded)
merged = merge([forwards, backwards], mode='concat', concat_axis=-1)
after_dp = Dropout(0.5)(merged)
output = Dense(1, activation='sigmoid')(after_dp)
model = Model(input=sequence_input, output=output)
model.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
history = model.fit(X_train, y_train, batch_size=batch_size, nb_epoch=3, verbose=0,
                    validation_data=[X_test, y_test])
assert K.int_shape(merged) == (None, 16)
assert history.history['loss'][-1] < history.history['loss'][0]

model = Sequential()
model.add(Embedding(max_features, 16, input_length=maxlen))
model.add(Bidirectional(GRU(8), merge_mode='sum'))
model.add(Dense(1, activation='sigmoid'))
model.compile('rmsprop', 'binary_crossentropy', metrics=['binary_accuracy', 'fmeasure'])
assert model.metrics_names == ['loss', 'binary_accuracy', 'fmeasure']
model.fit(X_train, y_train, nb_epoch=1, verbose=0)
