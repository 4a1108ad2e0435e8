# A first network, line by line, on a file of commas
import numpy
from keras.layers import Dense
from keras.models import Sequential

# fix random seed for reproducibility
numpy.random.seed(7)
rows = numpy.random.randint(0, 100, (300, 8))
rows = numpy.hstack([rows, (rows[:, 1:2] + rows[:, 5:6] > 100)])
numpy.savetxt("pima-like.csv", rows, delimiter=",", fmt="%d")
# load the dataset
dataset = numpy.loadtxt("pima-like.csv", delimiter=",")
# split into input (X) and output (Y) variables
X = dataset[:, 0:8]
Y = dataset[:, 8]
# create model
model = Sequential()
model.add(Dense(12, input_dim=8, activation='relu'))
model.add(Dense(8, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
# Compile model
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
# Fit the model
model.fit(X, Y, epochs=30, batch_size=10, verbose=0)
# evaluate the model
scores = model.evaluate(X, Y)
print("\n%s: %.2f%%" % (model.metrics_names[1], scores[1] * 100))
# calculate predictions
predictions = model.predict(X)
# round predictions
rounded = [round(x[0]) for x in predictions]
print(rounded[:10])
assert model.metrics_names == ['loss', 'accuracy']
assert scores[1] > 0.6, scores
assert len(rounded) == 300
