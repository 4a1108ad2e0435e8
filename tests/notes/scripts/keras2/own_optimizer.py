'''An optimizer of one's own, by get_updates, as those of Keras 2 were written.'''
import numpy as np
from keras import backend as K
from keras.layers import Dense
from keras.legacy import interfaces
from keras.models import Sequential
from keras.optimizers import Optimizer


class Momentum(Optimizer):
    """Gradient descent with momentum, and a smaller rate for the later weights."""

    def __init__(self, lr=0.01, momentum=0.9, multipliers=None, **kwargs):
        super(Momentum, self).__init__(**kwargs)
        with K.name_scope(self.__class__.__name__):
            self.iterations = K.variable(0, dtype='int64', name='iterations')
            self.lr = K.variable(lr, name='lr')
            self.momentum = K.variable(momentum, name='momentum')
        self.multipliers = multipliers or {}

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]
        shapes = [K.int_shape(p) for p in params]
        moments = [K.zeros(shape) for shape in shapes]
        self.weights = [self.iterations] + moments
        for p, g, m in zip(params, grads, moments):
            lr = self.lr
            for name, factor in self.multipliers.items():
                if name in p.name:
                    lr = lr * factor
            v = self.momentum * m - lr * g
            self.updates.append(K.update(m, v))
            new_p = p + v
            if getattr(p, 'constraint', None) is not None:
                new_p = p.constraint(new_p)
            self.updates.append(K.update(p, new_p))
        return self.updates

    def get_config(self):
        config = {'lr': float(K.get_value(self.lr)), 'momentum': float(K.get_value(self.momentum))}
        base_config = super(Momentum, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


rng = np.random.RandomState(0)
x = rng.normal(size=(200, 5))
y = x.dot(rng.normal(size=(5, 1)))
model = Sequential([Dense(1, input_shape=(5,), name='linear')])
model.compile(loss='mse', optimizer=Momentum(lr=0.02, multipliers={'linear': 0.5}))
history = model.fit(x, y, epochs=15, batch_size=20, verbose=0)
assert history.history['loss'][-1] < 1e-2, history.history['loss']
assert int(K.get_value(model.optimizer.iterations)) == 150
assert abs(model.optimizer.get_config()['lr'] - 0.02) < 1e-7
