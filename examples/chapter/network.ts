import * as tf from 'libtensorflow-node';

/** The chapter's network: pictures of 32×32 in colour to eight classes. */
export function cifarNetwork(): tf.Sequential {
  const model = tf.sequential();
  model.add(
    tf.layers.conv2d({ name: 'conv1', inputShape: [32, 32, 3], filters: 32, kernelSize: [3, 3], padding: 'same' }),
  );
  model.add(tf.layers.activation({ activation: 'relu' }));
  model.add(tf.layers.conv2d({ name: 'conv2', filters: 32, kernelSize: [3, 3], padding: 'same' }));
  model.add(tf.layers.activation({ activation: 'relu' }));
  model.add(tf.layers.maxPooling2d({ poolSize: [2, 2] }));
  model.add(tf.layers.dropout({ rate: 0.25, name: 'drop1' }));
  model.add(tf.layers.conv2d({ name: 'conv3', filters: 64, kernelSize: [3, 3], padding: 'same' }));
  model.add(tf.layers.activation({ activation: 'relu' }));
  model.add(tf.layers.conv2d({ name: 'conv4', filters: 64, kernelSize: [3, 3], padding: 'same' }));
  model.add(tf.layers.activation({ activation: 'relu' }));
  model.add(tf.layers.maxPooling2d({ poolSize: [2, 2] }));
  model.add(tf.layers.dropout({ rate: 0.25, name: 'drop2' }));
  model.add(tf.layers.flatten());
  for (const units of [256, 256]) {
    model.add(tf.layers.dense({ units }));
    model.add(tf.layers.activation({ activation: 'relu' }));
    model.add(tf.layers.dropout({ rate: 0.5 }));
  }
  model.add(tf.layers.dense({ units: 8 }));
  model.add(tf.layers.activation({ activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  return model;
}
