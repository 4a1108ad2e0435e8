'''A series of numbers, with states from batch to batch, by names and steps of Keras 1.'''
from __future__ import print_function
import matplotlib
import numpy as np

matplotlib.use('Agg')
import matplotlib.pyplot as plt
from keras.callbacks import EarlyStopping, ModelCheckpoint
from keras.layers import LSTM, Activation, Dense, TimeDistributedDense
from keras.layers.wrappers import TimeDistributed
from keras.models import Sequential

batch_size = 25
tsteps = 1
cos = np.cos(2 * np.pi * np.arange(100) / 25)[:, None, None]
expected_output = np.roll(cos[:, 0], -1, axis=0)

model = Sequential()
model.add(LSTM(10, batch_input_shape=(batch_size, tsteps, 1), return_sequences=True, stateful=True))
model.add(LSTM(10, batch_input_shape=(batch_size, tsteps, 1), return_sequences=False, stateful=True))
model.add(Dense(1))
model.compile(loss='mse', optimizer='rmsprop')
losses = []
for i in range(4):
    print('Epoch', i, '/', 4)
    h = model.fit(cos, expected_output, batch_size=batch_size, verbose=1, nb_epoch=1, shuffle=False)
    losses += h.history['loss']
    model.reset_states()
predicted_output = model.predict(cos, batch_size=batch_size)
plt.subplot(2, 1, 1)
plt.plot(expected_output)
plt.title('Expected')
plt.subplot(2, 1, 2)
plt.plot(predicted_output)
plt.title('Predicted')
plt.show()
assert losses[-1] < losses[0]

# from steps to steps: passengers of a line, thousands of them
look_back = 3
series = np.sin(np.arange(120) / 6.).astype('float32')
X = np.array([series[i:i + look_back] for i in range(len(series) - look_back)])[:, :, None]
Y = series[look_back:]
model = Sequential()
model.add(LSTM(4, input_dim=1))
model.add(Dense(1))
model.compile(loss='mean_squared_error', optimizer='adam')
checkpointer = ModelCheckpoint(filepath='weights.{epoch:02d}-{val_loss:.3f}.hdf5', verbose=1, save_best_only=True)
history = model.fit(X, Y, nb_epoch=5, batch_size=8, verbose=2, validation_split=0.2,
                    callbacks=[checkpointer, EarlyStopping(patience=3)])
assert history.history['loss'][-1] < history.history['loss'][0]
model = Sequential()
model.add(LSTM(4, input_dim=1, input_length=look_back, return_sequences=True))
model.add(TimeDistributedDense(2))
model.add(TimeDistributed(Dense(1)))
model.add(Activation('linear'))
assert model.output_shape == (None, look_back, 1)
