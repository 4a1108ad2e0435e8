"""Metrics, losses and callbacks of one's own, and what callbacks are given."""
import keras
import numpy as np
from keras import backend as K
from keras.callbacks import Callback, EarlyStopping
from keras.layers import Dense
from keras.models import Sequential, load_model
from sklearn.metrics import f1_score, roc_auc_score

rng = np.random.RandomState(7)
X = rng.normal(size=(400, 6))
y = (X[:, 0] + X[:, 1] > 0).astype(int)


def recall_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    possible_positives = K.sum(K.round(K.clip(y_true, 0, 1)))
    return true_positives / (possible_positives + K.epsilon())


def precision_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    predicted_positives = K.sum(K.round(K.clip(y_pred, 0, 1)))
    return true_positives / (predicted_positives + K.epsilon())


def f1_m(y_true, y_pred):
    precision, recall = precision_m(y_true, y_pred), recall_m(y_true, y_pred)
    return 2 * ((precision * recall) / (precision + recall + K.epsilon()))


def focal_loss(gamma=2., alpha=.25):
    def focal_loss_fixed(y_true, y_pred):
        pt_1 = K.switch(K.equal(y_true, 1), y_pred, K.ones_like(y_pred))
        pt_0 = K.switch(K.equal(y_true, 0), y_pred, K.zeros_like(y_pred))
        pt_1 = K.clip(pt_1, 1e-3, .999)
        pt_0 = K.clip(pt_0, 1e-3, .999)
        return -K.sum(alpha * K.pow(1. - pt_1, gamma) * K.log(pt_1)) \
            - K.sum((1 - alpha) * K.pow(pt_0, gamma) * K.log(1. - pt_0))
    return focal_loss_fixed


class Metrics(Callback):
    def on_train_begin(self, logs={}):
        self.val_f1s = []
        self.aucs = []
        self.losses = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))
        assert logs['size'] in (32, 8), logs
        assert logs['batch'] == batch

    def on_epoch_end(self, epoch, logs={}):
        val_predict = np.asarray(self.model.predict(self.validation_data[0])).round()
        val_targ = self.validation_data[1]
        self.val_f1s.append(f1_score(val_targ, val_predict))
        self.aucs.append(roc_auc_score(val_targ, self.model.predict(self.validation_data[0])))
        logs['val_f1'] = self.val_f1s[-1]
        print(' - val_f1: %f' % self.val_f1s[-1])


metrics = Metrics()
model = Sequential([Dense(16, input_dim=6, activation='relu'), Dense(1, activation='sigmoid')])
model.compile(loss='binary_crossentropy', optimizer=keras.optimizers.Adam(lr=0.02),
              metrics=['acc', f1_m, precision_m, recall_m])
print(model.metrics_names)
assert model.metrics_names == ['loss', 'acc', 'f1_m', 'precision_m', 'recall_m']
history = model.fit(X[:296], y[:296], validation_data=(X[296:], y[296:]), epochs=4, batch_size=32, verbose=0,
                    callbacks=[metrics, EarlyStopping(monitor='val_acc', patience=3, verbose=1, mode='max')])
assert metrics.params['epochs'] == 4 and metrics.params['samples'] == 296 and metrics.params['batch_size'] == 32
assert metrics.params['metrics'][:2] == ['loss', 'acc'] and 'val_loss' in metrics.params['metrics']
assert len(metrics.losses) == 40 and metrics.losses[-1] < metrics.losses[0]
assert metrics.val_f1s[-1] > 0.8 and metrics.aucs[-1] > 0.8
assert set(history.history) >= {'acc', 'val_acc', 'f1_m', 'val_f1_m', 'loss', 'val_loss', 'val_f1'}

model = Sequential([Dense(16, input_dim=6, activation='tanh'), Dense(1, activation='sigmoid')])
model.compile(loss=[focal_loss(alpha=.25, gamma=2)], optimizer='adam', metrics=[f1_m])
h = model.fit(X, y, epochs=3, verbose=0)
assert h.history['loss'][-1] < h.history['loss'][0]
model.save('focal.h5')
again = load_model('focal.h5', custom_objects={'focal_loss_fixed': focal_loss(), 'f1_m': f1_m})
assert np.allclose(again.evaluate(X, y, verbose=0), model.evaluate(X, y, verbose=0), rtol=1e-4)
