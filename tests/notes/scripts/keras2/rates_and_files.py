"""Rates that fall, files that are kept, and models from JSON, YAML and weights."""
import math
import os

import numpy as np
from keras import backend as K
from keras.callbacks import (CSVLogger, EarlyStopping, History, LearningRateScheduler, ModelCheckpoint,
                             ReduceLROnPlateau, TensorBoard, TerminateOnNaN)
from keras.layers import Dense
from keras.models import Sequential, load_model, model_from_json, model_from_yaml
from keras.optimizers import SGD
from keras.utils import multi_gpu_model, plot_model, print_summary

seed = 7
np.random.seed(seed)
X = np.random.normal(size=(120, 4))
Y = (X.sum(axis=1) > 0).astype(int)

model = Sequential()
model.add(Dense(8, input_dim=4, kernel_initializer='uniform', activation='relu'))
model.add(Dense(1, kernel_initializer='uniform', activation='sigmoid'))
epochs = 6
learning_rate = 0.1
decay_rate = learning_rate / epochs
sgd = SGD(lr=learning_rate, momentum=0.8, decay=decay_rate, nesterov=False)
model.compile(loss='binary_crossentropy', optimizer=sgd, metrics=['accuracy'])
filepath = 'weights-improvement-{epoch:02d}-{val_acc:.2f}.hdf5'
checkpoint = ModelCheckpoint(filepath, monitor='val_acc', verbose=1, save_best_only=True, mode='max', period=1)
stopping = EarlyStopping(monitor='val_loss', min_delta=0, patience=2, verbose=0, mode='auto')
log = CSVLogger('log.csv', separator=',', append=False)
history = model.fit(X, Y, validation_split=0.33, epochs=epochs, batch_size=28, verbose=2,
                    callbacks=[checkpoint, stopping, log, TerminateOnNaN()])
kept = sorted(name for name in os.listdir('.') if name.startswith('weights-improvement'))
assert kept and kept[0].startswith('weights-improvement-01-0.') and kept[0].endswith('.hdf5'), kept
model.load_weights(kept[-1])
with open('log.csv') as f:
    assert f.readline().strip() == 'epoch,accuracy,loss,val_accuracy,val_loss'


def step_decay(epoch):
    initial_lrate = 0.1
    drop = 0.5
    epochs_drop = 2.0
    return initial_lrate * math.pow(drop, math.floor((1 + epoch) / epochs_drop))


model.compile(loss='binary_crossentropy', optimizer=SGD(lr=0.0, momentum=0.9), metrics=['accuracy'])
lrate = LearningRateScheduler(step_decay)
history = model.fit(X, Y, validation_split=0.33, epochs=4, batch_size=28, callbacks=[lrate], verbose=0)
assert np.allclose(history.history['lr'], [0.1, 0.05, 0.05, 0.025]), history.history
reduce_lr = ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=1, epsilon=10, cooldown=0, min_lr=0.001)
history = model.fit(X, Y, validation_split=0.33, epochs=4, batch_size=28, callbacks=[reduce_lr], verbose=0)
assert history.history['lr'][-1] < history.history['lr'][0]
K.set_value(model.optimizer.lr, 0.005)
assert abs(float(K.get_value(model.optimizer.lr)) - 0.005) < 1e-8

model_json = model.to_json()
with open('model.json', 'w') as json_file:
    json_file.write(model_json)
model.save_weights('model.h5')
print('Saved model to disk')
json_file = open('model.json', 'r')
loaded_model_json = json_file.read()
json_file.close()
loaded_model = model_from_json(loaded_model_json)
loaded_model.load_weights('model.h5')
loaded_model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
score = loaded_model.evaluate(X, Y, verbose=0)
print('%s: %.2f%%' % (loaded_model.metrics_names[1], score[1] * 100))
assert np.allclose(loaded_model.predict(X), model.predict(X), atol=1e-6)
from_yaml = model_from_yaml(model.to_yaml())
from_yaml.set_weights(model.get_weights())
assert np.allclose(from_yaml.predict(X), model.predict(X), atol=1e-6)
model.save('my_model.h5')
del model
model = load_model('my_model.h5')
assert abs(model.evaluate(X, Y, verbose=0)[1] - score[1]) < 1e-6
predictions = model.predict_classes(X)
rounded = [round(x[0]) for x in model.predict(X)]
assert predictions.shape == (120, 1) and predictions.ravel().tolist() == rounded
try:
    plot_model(model, to_file='model.png', show_shapes=True, show_layer_names=True)
except ImportError as error:
    print('no picture:', error)
try:
    parallel = multi_gpu_model(model, gpus=2)
except ValueError as error:
    print('one device only:', error)
print_summary(model)
config = model.get_config()
assert Sequential.from_config(config).count_params() == 49
