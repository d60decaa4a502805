/** Records of TFRecord files and of Classify and Regress requests. */
export {
  type Example,
  ExampleSchema,
  type SequenceExample,
  SequenceExampleSchema,
} from './generated/tensorflow/core/example/example_pb.js';
export {
  type BytesList,
  BytesListSchema,
  type Feature,
  type FeatureList,
  FeatureListSchema,
  type FeatureLists,
  FeatureListsSchema,
  FeatureSchema,
  type Features,
  FeaturesSchema,
  type FloatList,
  FloatListSchema,
  type Int64List,
  Int64ListSchema,
} from './generated/tensorflow/core/example/feature_pb.js';
