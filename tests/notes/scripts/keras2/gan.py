'''A generator and a discriminator, which is frozen for the model of both only.'''
from __future__ import division, print_function

import numpy as np
from keras.layers import Activation, BatchNormalization, Dense, Dropout, Flatten, Input, Reshape
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.convolutional import Conv2D, UpSampling2D, ZeroPadding2D
from keras.models import Model, Sequential
from keras.optimizers import Adam

np.random.seed(5)


class GAN():
    def __init__(self):
        self.img_rows, self.img_cols, self.channels = 8, 8, 1
        self.img_shape = (self.img_rows, self.img_cols, self.channels)
        self.latent_dim = 10
        optimizer = Adam(0.002, 0.5)
        self.discriminator = self.build_discriminator()
        self.discriminator.compile(loss='binary_crossentropy', optimizer=optimizer, metrics=['accuracy'])
        self.generator = self.build_generator()
        z = Input(shape=(self.latent_dim,))
        img = self.generator(z)
        self.discriminator.trainable = False
        validity = self.discriminator(img)
        self.combined = Model(z, validity)
        self.combined.compile(loss='binary_crossentropy', optimizer=optimizer)

    def build_generator(self):
        model = Sequential()
        model.add(Dense(8 * 4 * 4, activation="relu", input_dim=self.latent_dim))
        model.add(Reshape((4, 4, 8)))
        model.add(UpSampling2D())
        model.add(Conv2D(8, kernel_size=3, padding="same"))
        model.add(BatchNormalization(momentum=0.8))
        model.add(Activation("relu"))
        model.add(Conv2D(self.channels, kernel_size=3, padding="same"))
        model.add(Activation("tanh"))
        model.summary()
        noise = Input(shape=(self.latent_dim,))
        return Model(noise, model(noise))

    def build_discriminator(self):
        model = Sequential()
        model.add(Conv2D(8, kernel_size=3, strides=2, input_shape=self.img_shape, padding="same"))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dropout(0.25))
        model.add(ZeroPadding2D(padding=((0, 1), (0, 1))))
        model.add(Flatten())
        model.add(Dense(1, activation='sigmoid'))
        model.summary()
        img = Input(shape=self.img_shape)
        return Model(img, model(img))

    def train(self, epochs, batch_size=16, sample_interval=10):
        X_train = np.random.uniform(0.5, 1, (64,) + self.img_shape)
        valid = np.ones((batch_size, 1))
        fake = np.zeros((batch_size, 1))
        accuracies = []
        for epoch in range(epochs):
            imgs = X_train[np.random.randint(0, X_train.shape[0], batch_size)]
            noise = np.random.normal(0, 1, (batch_size, self.latent_dim))
            gen_imgs = self.generator.predict(noise)
            d_loss_real = self.discriminator.train_on_batch(imgs, valid)
            d_loss_fake = self.discriminator.train_on_batch(gen_imgs, fake)
            d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
            g_loss = self.combined.train_on_batch(noise, valid)
            accuracies.append(d_loss[1])
            if epoch % sample_interval == 0:
                print("%d [D loss: %f, acc.: %.2f%%] [G loss: %f]" % (epoch, d_loss[0], 100 * d_loss[1], g_loss))
        return accuracies


gan = GAN()
weights = gan.discriminator.get_weights()
generator_weights = gan.generator.get_weights()
frozen = [w.copy() for w in weights]
gan.combined.train_on_batch(np.random.normal(0, 1, (4, 10)), np.ones((4, 1)))
kernels = [i for i, w in enumerate(frozen) if w.ndim > 1]
assert all(np.array_equal(frozen[i], gan.discriminator.get_weights()[i]) for i in kernels)
assert not np.array_equal(generator_weights[0], gan.generator.get_weights()[0])
accuracies = gan.train(epochs=25)
assert not np.array_equal(frozen[0], gan.discriminator.get_weights()[0])
assert len(accuracies) == 25
real, made = np.random.uniform(0.5, 1, (16, 8, 8, 1)), np.random.uniform(-1, -0.5, (16, 8, 8, 1))
for _ in range(20):
    last = [gan.discriminator.train_on_batch(real, np.ones((16, 1))),
            gan.discriminator.train_on_batch(made, np.zeros((16, 1)))]
assert last[0][1] > 0.8 and last[1][1] > 0.8, last
