#include "tensor.h"

#include <cstring>
#include <limits>
#include <new>

#include "object.h"

namespace tensorflow_node {
namespace {

// Why: the library copies memory that is aligned less.
constexpr std::align_val_t kAlignment{64};

Shape ShapeOf(const TF_Tensor* tensor) {
  Shape shape(tf.NumDims(tensor));
  for (size_t i = 0; i < shape.size(); ++i) shape[i] = tf.Dim(tensor, static_cast<int>(i));
  return shape;
}

// The number of elements, checked to fit into memory at `size` bytes each.
size_t CountElements(const Shape& shape, size_t size) {
  const auto limit = static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / size;
  uint64_t count = 1;
  for (const int64_t dimension : shape) {
    if (dimension > 0 && count > limit / static_cast<uint64_t>(dimension)) {
      throw Failure("ERR_ARGUMENT", "shape has more elements than memory can hold.");
    }
    count *= static_cast<uint64_t>(dimension);
  }
  return count;
}

// Bytes per element of a type whose elements are plain bytes.
TF_DataType PlainType(const Napi::Value& value) {
  const auto type = static_cast<TF_DataType>(Index(value, std::numeric_limits<int32_t>::max(), "dtype"));
  if (tf.DataTypeSize(type) == 0) BadArgument("dtype", "a type of plain numbers", value);
  return type;
}

// Thread: any; the library calls it when the last alias of the memory is gone.
void FreePlain(void* data, size_t, void*) { ::operator delete(data, kAlignment); }

// Why: not TF_AllocateTensor, which tries for ten seconds where there is no memory.
SharedTensor AllocatePlain(TF_DataType type, const Shape& shape) {
  const size_t bytes = CountElements(shape, tf.DataTypeSize(type)) * tf.DataTypeSize(type);
  void* data = ::operator new(bytes, kAlignment, std::nothrow);
  if (data == nullptr) {
    throw Failure("TF_RESOURCE_EXHAUSTED", "there is no memory for a tensor of " + std::to_string(bytes) + " bytes.");
  }
  return TensorPtr(tf.NewTensor(type, shape.data(), static_cast<int>(shape.size()), data, bytes, FreePlain, nullptr));
}

// As FreePlain. The number of strings is carried as a pointer.
void FreeStrings(void* data, size_t, void* count) {
  auto* strings = static_cast<TF_TString*>(data);
  for (size_t i = 0; i < reinterpret_cast<size_t>(count); ++i) tf.StringDealloc(&strings[i]);
  ::operator delete(data, kAlignment);
}

SharedTensor NewStrings(const Shape& shape, const std::vector<std::string>& values) {
  const size_t bytes = values.size() * sizeof(TF_TString);
  auto* strings = static_cast<TF_TString*>(::operator new(bytes, kAlignment));
  for (size_t i = 0; i < values.size(); ++i) {
    tf.StringInit(&strings[i]);
    tf.StringCopy(&strings[i], values[i].data(), values[i].size());
  }
  return TensorPtr(tf.NewTensor(TF_STRING, shape.data(), static_cast<int>(shape.size()), strings, bytes, FreeStrings,
                                reinterpret_cast<void*>(values.size())));
}

const TF_TString* StringsOf(const TF_Tensor* tensor) {
  if (tf.TensorType(tensor) != TF_STRING)
    throw Failure("ERR_ARGUMENT", "strings() reads tensors of strings only; use buffer().");
  return static_cast<const TF_TString*>(tf.TensorData(tensor));
}

std::vector<std::string> CopyStrings(const TF_Tensor* tensor) {
  const TF_TString* strings = StringsOf(tensor);
  std::vector<std::string> values;
  for (int64_t i = 0; i < tf.TensorElementCount(tensor); ++i) {
    values.emplace_back(tf.StringGetDataPointer(&strings[i]), tf.StringGetSize(&strings[i]));
  }
  return values;
}

void RequireElements(const Shape& shape, size_t wanted, size_t size) {
  const size_t count = CountElements(shape, size);
  if (count == wanted) return;
  throw Failure("ERR_ARGUMENT",
                "shape has " + std::to_string(count) + " elements, but there are " + std::to_string(wanted) + ".");
}

SharedTensor Bitcast(const TF_Tensor* from, const Shape& shape) {
  const TF_DataType type = tf.TensorType(from);
  SharedTensor to = AllocatePlain(type, {0});
  const Status status;
  tf.TensorBitcastFrom(from, type, to.get(), shape.data(), static_cast<int>(shape.size()), status.get());
  status.Check();
  return to;
}

Napi::ArrayBuffer CopyOf(Napi::Env env, const TF_Tensor* tensor) {
  const size_t bytes = tf.TensorByteSize(tensor);
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, bytes);
  if (bytes > 0) std::memcpy(buffer.Data(), tf.TensorData(tensor), bytes);
  return buffer;
}

Napi::ArrayBuffer ExternalOver(Napi::Env env, const SharedTensor& tensor) {
  auto holder = std::make_unique<SharedTensor>(tensor);
  const auto release = [](napi_env, void*, void* hint) { delete static_cast<SharedTensor*>(hint); };
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(
      env, tf.TensorData(tensor.get()), tf.TensorByteSize(tensor.get()), release, holder.get(), &buffer);
  if (status != napi_ok) throw Napi::Error::New(env);
  holder.release();
  return Napi::ArrayBuffer(env, buffer);
}

}  // namespace

void Tensor::Define(Napi::Env env) {
  DefineClass<Tensor>(env, {
                               GetterOf<Tensor, &Tensor::Dtype>("dtype"),
                               GetterOf<Tensor, &Tensor::GetShape>("shape"),
                               GetterOf<Tensor, &Tensor::ByteLength>("byteLength"),
                               GetterOf<Tensor, &Tensor::Disposed>("disposed"),
                               MethodOf<Tensor, &Tensor::Buffer>("buffer"),
                               MethodOf<Tensor, &Tensor::Strings>("strings"),
                               MethodOf<Tensor, &Tensor::Reshape>("reshape"),
                               MethodOf<Tensor, &Tensor::Dispose>("dispose"),
                           });
}

Napi::Object Tensor::New(Napi::Env env, Fetched fetched) {
  return Wrap(env, std::make_unique<Tensor>(env, std::move(fetched)));
}

Napi::Value Tensor::FromBytes(const Napi::CallbackInfo& info) {
  const TF_DataType type = PlainType(info[0]);
  const Shape shape = Dimensions(info[1], 0, "shape");
  const Bytes bytes = View(info[2], "data");
  const size_t wanted = CountElements(shape, tf.DataTypeSize(type)) * tf.DataTypeSize(type);
  if (bytes.length != wanted) {
    throw Failure("ERR_ARGUMENT", "data is expected to have " + std::to_string(wanted) +
                                      " bytes for this dtype and shape, got " + std::to_string(bytes.length) + ".");
  }
  SharedTensor tensor = AllocatePlain(type, shape);
  if (wanted > 0) std::memcpy(tf.TensorData(tensor.get()), bytes.data, wanted);
  return New(info.Env(), {std::move(tensor), true});
}

Napi::Value Tensor::FromStrings(const Napi::CallbackInfo& info) {
  const Shape shape = Dimensions(info[0], 0, "shape");
  const auto values = ListOf<std::string>(info[1], "values", TextOrBytes);
  RequireElements(shape, values.size(), sizeof(TF_TString));
  return New(info.Env(), {NewStrings(shape, values), true});
}

Napi::Value Tensor::Allocate(const Napi::CallbackInfo& info) {
  const TF_DataType type = PlainType(info[0]);
  return New(info.Env(), {AllocatePlain(type, Dimensions(info[1], 0, "shape")), true});
}

Tensor::Tensor(Napi::Env env, Fetched fetched)
    : env_(env),
      tensor_(std::move(fetched.tensor)),
      exclusive_(fetched.exclusive),
      tally_(std::make_unique<Tally>(Environment::Of(env).counters(), &Counters::tensors)) {
  Napi::MemoryManagement::AdjustExternalMemory(env_, static_cast<int64_t>(tf.TensorByteSize(tensor_.get())));
}

Tensor::~Tensor() { Release(); }

void Tensor::Release() {
  if (!tensor_) return;
  Napi::MemoryManagement::AdjustExternalMemory(env_, -static_cast<int64_t>(tf.TensorByteSize(tensor_.get())));
  tensor_.reset();
  buffer_.Reset();
  tally_.reset();
}

const SharedTensor& Tensor::Live() const {
  if (!tensor_) throw Failure("ERR_DISPOSED", "the tensor was disposed; use it before dispose().");
  return tensor_;
}

Napi::Value Tensor::Dtype(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), tf.TensorType(Live().get()));
}

Napi::Value Tensor::GetShape(const Napi::CallbackInfo& info) { return ToJs(info.Env(), ShapeOf(Live().get())); }

Napi::Value Tensor::ByteLength(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(tf.TensorByteSize(Live().get())));
}

Napi::Value Tensor::Disposed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !tensor_); }

Napi::Value Tensor::Buffer(const Napi::CallbackInfo& info) {
  const SharedTensor& tensor = Live();
  if (tf.DataTypeSize(tf.TensorType(tensor.get())) == 0) {
    throw Failure("ERR_ARGUMENT", "buffer() reads tensors of plain numbers only; use strings() for strings.");
  }
  if (!buffer_.IsEmpty() && !buffer_.Value().IsEmpty()) return buffer_.Value();
  const bool external =
      exclusive_ && tf.TensorByteSize(tensor.get()) > 0 && Environment::Of(info.Env()).externalBuffers();
  const Napi::ArrayBuffer buffer = external ? ExternalOver(info.Env(), tensor) : CopyOf(info.Env(), tensor.get());
  buffer_ = Napi::Weak(buffer);
  return buffer;
}

Napi::Value Tensor::Strings(const Napi::CallbackInfo& info) {
  const TF_Tensor* tensor = Live().get();
  const TF_TString* strings = StringsOf(tensor);
  const auto count = static_cast<size_t>(tf.TensorElementCount(tensor));
  Napi::Array list = Napi::Array::New(info.Env(), count);
  for (size_t i = 0; i < count; ++i) {
    const Napi::HandleScope scope(info.Env());
    list.Set(i, ToJs(info.Env(), tf.StringGetDataPointer(&strings[i]), tf.StringGetSize(&strings[i])));
  }
  return list;
}

Napi::Value Tensor::Reshape(const Napi::CallbackInfo& info) {
  const TF_Tensor* tensor = Live().get();
  const Shape shape = Dimensions(info[0], 0, "shape");
  RequireElements(shape, static_cast<size_t>(tf.TensorElementCount(tensor)), 1);
  if (tf.TensorType(tensor) == TF_STRING) return New(info.Env(), {NewStrings(shape, CopyStrings(tensor)), true});
  return New(info.Env(), {Bitcast(tensor, shape), exclusive_});
}

Napi::Value Tensor::Dispose(const Napi::CallbackInfo& info) {
  Release();
  return info.Env().Undefined();
}

Napi::Array ToJs(Napi::Env env, std::vector<Fetched> tensors) {
  Napi::Array list = Napi::Array::New(env, tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) list.Set(i, Tensor::New(env, std::move(tensors[i])));
  return list;
}

}  // namespace tensorflow_node
