'''An autoencoder whose decoder is given the place of each maximum of the encoder (what and where).'''

from __future__ import print_function

import numpy as np
from keras import backend as K
from keras import layers
from keras.datasets import mnist
from keras.layers import Activation, BatchNormalization, Conv2D, Input, Lambda, MaxPooling2D, UpSampling2D, add
from keras.models import Model


def convresblock(x, nfeats=8, ksize=3, nskipped=2, elu=True):
    y0 = Conv2D(nfeats, ksize, padding='same')(x)
    y = y0
    for i in range(nskipped):
        y = BatchNormalization(axis=1 if K.image_data_format() == 'channels_first' else -1)(y)
        y = Activation('elu' if elu else 'relu')(y)
        y = Conv2D(nfeats, 1, padding='same')(y)
    return layers.add([y0, y])


def getwhere(x):
    y_prepool, y_postpool = x
    return K.gradients(K.sum(y_postpool), y_prepool)


K.set_image_data_format('channels_last')
(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train[:128, :, :, np.newaxis].astype('float32') / 255
x_test = x_test[:32, :, :, np.newaxis].astype('float32') / 255

img_input = Input(shape=x_train.shape[1:])
y = img_input
wheres = []
nfeats = [4, 8]
for n in nfeats:
    y_prepool = convresblock(y, nfeats=n, nskipped=1)
    y = MaxPooling2D(pool_size=(2, 2))(y_prepool)
    wheres.append(Lambda(getwhere, output_shape=lambda x: x[0])([y_prepool, y]))
for n, where in zip(nfeats[::-1], wheres[::-1]):
    y = UpSampling2D(size=(2, 2))(y)
    y = layers.multiply([y, where])
    y = convresblock(y, nfeats={8: 4, 4: 1}[n], nskipped=1)
y = Activation('sigmoid')(y)

model = Model(img_input, y)
model.compile('adam', 'mse')
history = model.fit(x_train, x_train, validation_data=(x_test, x_test), batch_size=16, epochs=2, verbose=2)

recs = model.predict(x_test[:5])
assert recs.shape == (5, 28, 28, 1)
assert history.history['loss'][-1] < history.history['loss'][0]
