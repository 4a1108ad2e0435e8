'''Pixels of digits one after another, in a recurrent network that begins as the identity; and rows by rows.'''
from __future__ import print_function
import numpy as np
from keras.datasets import mnist
from keras.initializations import identity, normal
from keras.layers import LSTM, Activation, Dense, Input, SimpleRNN, TimeDistributed
from keras.models import Model, Sequential
from keras.optimizers import RMSprop
from keras.utils import np_utils

batch_size = 32
nb_classes = 10
nb_epochs = 2
hidden_units = 16
learning_rate = 1e-3
clip_norm = 1.0

(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train[:200, ::4, ::4].reshape(200, -1, 1).astype('float32') / 255
X_rows = mnist.load_data()[0][0][:100].reshape(100, 28, 28, 1).astype('float32') / 255
Y_train = np_utils.to_categorical(y_train[:200], nb_classes)

print('Evaluate IRNN...')
model = Sequential()
model.add(SimpleRNN(output_dim=hidden_units,
                    init=lambda shape, name: normal(shape, scale=0.001, name=name),
                    inner_init=lambda shape, name: identity(shape, scale=1.0, name=name),
                    activation='relu',
                    input_shape=X_train.shape[1:]))
model.add(Dense(nb_classes))
model.add(Activation('softmax'))
rmsprop = RMSprop(lr=learning_rate)
model.compile(loss='categorical_crossentropy', optimizer=rmsprop, metrics=['accuracy'])
assert np.allclose(model.layers[0].get_weights()[1], np.eye(hidden_units))
assert abs(model.layers[0].get_weights()[0].std()) < 0.01
history = model.fit(X_train, Y_train, batch_size=batch_size, nb_epoch=nb_epochs, verbose=1)
assert history.history['loss'][-1] < history.history['loss'][0]

print('Compare to LSTM...')
model = Sequential()
model.add(LSTM(hidden_units, input_shape=X_train.shape[1:]))
model.add(Dense(nb_classes))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=RMSprop(lr=learning_rate), metrics=['accuracy'])
model.fit(X_train, Y_train, batch_size=batch_size, nb_epoch=1, verbose=0)
scores = model.evaluate(X_train, Y_train, verbose=0)
print('LSTM test score:', scores[0])

# rows, then columns
row, col, pixel = X_rows.shape[1:]
x = Input(shape=(row, col, pixel))
encoded_rows = TimeDistributed(LSTM(output_dim=8))(x)
encoded_columns = LSTM(8)(encoded_rows)
prediction = Dense(nb_classes, activation='softmax')(encoded_columns)
model = Model(input=x, output=prediction)
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
model.fit(X_rows, Y_train[:100], batch_size=batch_size, nb_epoch=1, verbose=0)
assert model.layers[1].output_shape == (None, 28, 8)
