'''A deep network of dense layers on handwritten digits.

More than nine of ten after a few passes over the data.
'''

from __future__ import print_function

import keras
from keras.datasets import mnist
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import RMSprop

batch_size = 64
num_classes = 10
epochs = 3

# the digits, in training and test parts
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train = x_train[:1500], y_train[:1500]
x_test, y_test = x_test[:300], y_test[:300]
x_train = x_train.reshape(1500, 784).astype('float32')
x_test = x_test.reshape(300, 784).astype('float32')
x_train /= 255
x_test /= 255
print(x_train.shape[0], 'train samples')
print(x_test.shape[0], 'test samples')

# class vectors to binary class matrices
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

model = Sequential()
model.add(Dense(128, activation='relu', input_shape=(784,)))
model.add(Dropout(0.2))
model.add(Dense(128, activation='relu'))
model.add(Dropout(0.2))
model.add(Dense(num_classes, activation='softmax'))
model.summary()

model.compile(loss='categorical_crossentropy', optimizer=RMSprop(), metrics=['accuracy'])
history = model.fit(x_train, y_train,
                    batch_size=batch_size,
                    epochs=epochs,
                    verbose=1,
                    validation_data=(x_test, y_test))
score = model.evaluate(x_test, y_test, verbose=0)
print('Test loss:', score[0])
print('Test accuracy:', score[1])

assert sorted(history.history) == ['accuracy', 'loss', 'val_accuracy', 'val_loss']
assert history.epoch == [0, 1, 2]
assert score[1] > 0.6, score
assert model.layers[0].output_shape == (None, 128)
