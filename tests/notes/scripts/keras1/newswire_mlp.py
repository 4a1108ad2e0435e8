'''Topics of newswires, from which words they have.'''
from __future__ import print_function
import numpy as np

np.random.seed(1337)

from keras.datasets import reuters
from keras.layers import Activation, Dense, Dropout
from keras.layers.advanced_activations import ParametricSoftplus, PReLU, SReLU
from keras.layers.normalization import BatchNormalization
from keras.models import Sequential
from keras.preprocessing.text import Tokenizer
from keras.utils import np_utils

max_words = 500
batch_size = 32
nb_epoch = 5

(X_train, y_train), (X_test, y_test) = reuters.load_data(nb_words=max_words, test_split=0.2)
print(len(X_train), 'train sequences')
nb_classes = np.max(y_train) + 1
print(nb_classes, 'classes')
tokenizer = Tokenizer(nb_words=max_words)
X_train = tokenizer.sequences_to_matrix(X_train, mode='binary')
X_test = tokenizer.sequences_to_matrix(X_test, mode='binary')
Y_train = np_utils.to_categorical(y_train, nb_classes)
Y_test = np_utils.to_categorical(y_test, nb_classes)

for last in (PReLU(), BatchNormalization(mode=1), SReLU(), ParametricSoftplus()):
    model = Sequential()
    model.add(Dense(32, input_shape=(max_words,)))
    model.add(last)
    model.add(Dropout(0.5))
    model.add(Dense(nb_classes))
    model.add(Activation('softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    history = model.fit(X_train[:400], Y_train[:400], nb_epoch=2, batch_size=batch_size, verbose=0,
                        validation_split=0.1)
    assert history.history['loss'][-1] < history.history['loss'][0]

history = model.fit(X_train, Y_train, nb_epoch=nb_epoch, batch_size=batch_size, verbose=1, validation_split=0.1)
score = model.evaluate(X_test, Y_test, batch_size=batch_size, verbose=1)
print('Test score:', score[0])
print('Test accuracy:', score[1])
assert score[1] > 2. / nb_classes
