/** The chapter's CNN as a user writes it, for tfjs and for us alike. */
export function smallCnn({ layers, sequential }) {
  const conv = (filters, first = {}) => [
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...first }),
    layers.activation({ activation: 'relu' }),
  ];
  const pool = () => [layers.maxPooling2d({ poolSize: 2 }), layers.dropout({ rate: 0.25 })];
  const dense = () => [
    layers.dense({ units: 256 }),
    layers.activation({ activation: 'relu' }),
    layers.dropout({ rate: 0.5 }),
  ];
  return sequential({
    layers: [
      ...conv(32, { inputShape: [32, 32, 3] }),
      ...[...conv(32), ...pool(), ...conv(64), ...conv(64), ...pool()],
      ...[layers.flatten(), ...dense(), ...dense()],
      ...[layers.dense({ units: 8 }), layers.activation({ activation: 'softmax' })],
    ],
  });
}
