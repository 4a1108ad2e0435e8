# Style and content of two pictures: gram matrices by einsum, an image as a variable, Adam by hand; then FGSM.
import numpy as np
import tensorflow as tf

tf.random.set_seed(1)
vgg = tf.keras.Sequential(
    [
        tf.keras.Input((24, 24, 3)),
        tf.keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="block1_conv1"),
        tf.keras.layers.AveragePooling2D(name="block1_pool"),
        tf.keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="block2_conv1"),
        tf.keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="block2_conv2"),
    ],
    name="vgg",
)
content_layers = ["block2_conv2"]
style_layers = ["block1_conv1", "block2_conv1"]


def load_img(path_to_img):
    max_dim = 24
    img = tf.io.read_file(path_to_img)
    img = tf.image.decode_image(img, channels=3)
    img = tf.image.convert_image_dtype(img, tf.float32)
    shape = tf.cast(tf.shape(img)[:-1], tf.float32)
    long_dim = max(shape)
    scale = max_dim / long_dim
    new_shape = tf.cast(shape * scale, tf.int32)
    img = tf.image.resize(img, new_shape)
    return img[tf.newaxis, :]


rng = np.random.RandomState(0)
for name in ["content.png", "style.png"]:
    tf.io.write_file(name, tf.image.encode_png(rng.randint(0, 255, (48, 48, 3)).astype("uint8")))
content_image, style_image = load_img("content.png"), load_img("style.png")
assert content_image.shape == (1, 24, 24, 3)


def tensor_to_image(tensor):
    tensor = tensor * 255
    tensor = np.array(tensor, dtype=np.uint8)
    if np.ndim(tensor) > 3:
        assert tensor.shape[0] == 1
        tensor = tensor[0]
    return tf.keras.preprocessing.image.array_to_img(tensor)


def vgg_layers(layer_names):
    vgg.trainable = False
    outputs = [vgg.get_layer(name).output for name in layer_names]
    return tf.keras.Model([vgg.input], outputs)


def gram_matrix(input_tensor):
    result = tf.linalg.einsum("bijc,bijd->bcd", input_tensor, input_tensor)
    input_shape = tf.shape(input_tensor)
    num_locations = tf.cast(input_shape[1] * input_shape[2], tf.float32)
    return result / num_locations


class StyleContentModel(tf.keras.models.Model):
    def __init__(self, style_layers, content_layers):
        super(StyleContentModel, self).__init__()
        self.vgg = vgg_layers(style_layers + content_layers)
        self.style_layers = style_layers
        self.content_layers = content_layers
        self.num_style_layers = len(style_layers)
        self.vgg.trainable = False

    def call(self, inputs):
        outputs = self.vgg(inputs * 2 - 1)
        style_outputs, content_outputs = (outputs[: self.num_style_layers], outputs[self.num_style_layers :])
        style_outputs = [gram_matrix(style_output) for style_output in style_outputs]
        content_dict = {name: value for name, value in zip(self.content_layers, content_outputs)}
        style_dict = {name: value for name, value in zip(self.style_layers, style_outputs)}
        return {"content": content_dict, "style": style_dict}


extractor = StyleContentModel(style_layers, content_layers)
results = extractor(tf.constant(content_image))
for name, output in sorted(results["style"].items()):
    print(" ", name, output.numpy().shape, output.numpy().mean())
style_targets = extractor(style_image)["style"]
content_targets = extractor(content_image)["content"]
image = tf.Variable(content_image)


def clip_0_1(image):
    return tf.clip_by_value(image, clip_value_min=0.0, clip_value_max=1.0)


opt = tf.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)
style_weight, content_weight, total_variation_weight = 1e2, 1e1, 1e-3


def style_content_loss(outputs):
    style_outputs, content_outputs = outputs["style"], outputs["content"]
    style_loss = tf.add_n([tf.reduce_mean((style_outputs[n] - style_targets[n]) ** 2) for n in style_outputs.keys()])
    style_loss *= style_weight / len(style_layers)
    content_loss = tf.add_n(
        [tf.reduce_mean((content_outputs[n] - content_targets[n]) ** 2) for n in content_outputs.keys()]
    )
    content_loss *= content_weight / len(content_layers)
    return style_loss + content_loss


@tf.function()
def train_step(image):
    with tf.GradientTape() as tape:
        outputs = extractor(image)
        loss = style_content_loss(outputs)
        loss += total_variation_weight * tf.image.total_variation(image)
    grad = tape.gradient(loss, image)
    opt.apply_gradients([(grad, image)])
    image.assign(clip_0_1(image))
    return loss


losses = [train_step(image).numpy().item() for _ in range(25)]
print(losses[0], losses[-1])
assert losses[-1] < losses[0]
assert image.numpy().min() >= 0 and image.numpy().max() <= 1
assert tensor_to_image(image).size == (24, 24)

# Fast gradient sign: a picture moved a little against its label.
classifier = tf.keras.Sequential([tf.keras.layers.Flatten(input_shape=(24, 24, 3)), tf.keras.layers.Dense(3, "softmax")])
loss_object = tf.keras.losses.CategoricalCrossentropy()


def create_adversarial_pattern(input_image, input_label):
    with tf.GradientTape() as tape:
        tape.watch(input_image)
        prediction = classifier(input_image)
        loss = loss_object(input_label, prediction)
    gradient = tape.gradient(loss, input_image)
    return tf.sign(gradient)


label = tf.one_hot(1, 3)
label = tf.reshape(label, (1, 3))
perturbations = create_adversarial_pattern(style_image, label)
assert set(np.unique(perturbations)) <= {-1.0, 0.0, 1.0}
adv = tf.clip_by_value(style_image + 0.1 * perturbations, 0, 1)
assert loss_object(label, classifier(adv)) > loss_object(label, classifier(style_image))
