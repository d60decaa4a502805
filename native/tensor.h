#pragma once

#include <napi.h>

#include <memory>

#include "arguments.h"
#include "environment.h"
#include "library.h"

namespace tensorflow_node {

// Owner: every JavaScript handle, buffer and running job holds its own reference.
using SharedTensor = std::shared_ptr<TF_Tensor>;

// A tensor that came out of a run. Memory that is not exclusive belongs to a variable, a constant or a feed as well.
struct Fetched {
  SharedTensor tensor;
  bool exclusive = false;
};

class Tensor {
 public:
  static constexpr const char* kName = "NativeTensor";
  static constexpr napi_type_tag kTag = {0x7d0f2a51c4e84b60, 0x9a3b5c1de2f40001};

  static void Define(Napi::Env env);
  static Napi::Value FromBytes(const Napi::CallbackInfo& info);
  static Napi::Value FromStrings(const Napi::CallbackInfo& info);
  static Napi::Value Allocate(const Napi::CallbackInfo& info);
  static Napi::Object New(Napi::Env env, Fetched fetched);

  Tensor(Napi::Env env, Fetched fetched);
  ~Tensor();

  // Throws ERR_DISPOSED when there is no tensor any more.
  const SharedTensor& Live() const;

 private:
  Napi::Value Dtype(const Napi::CallbackInfo& info);
  Napi::Value GetShape(const Napi::CallbackInfo& info);
  Napi::Value ByteLength(const Napi::CallbackInfo& info);
  Napi::Value Disposed(const Napi::CallbackInfo& info);
  Napi::Value Buffer(const Napi::CallbackInfo& info);
  Napi::Value Strings(const Napi::CallbackInfo& info);
  Napi::Value Reshape(const Napi::CallbackInfo& info);
  Napi::Value Dispose(const Napi::CallbackInfo& info);
  void Release();

  const Napi::Env env_;
  SharedTensor tensor_;
  const bool exclusive_;
  // Why: one ArrayBuffer per handle, since two over one address confuse some versions of V8.
  Napi::Reference<Napi::ArrayBuffer> buffer_;
  std::unique_ptr<Tally> tally_;
};

Napi::Array ToJs(Napi::Env env, std::vector<Fetched> tensors);

}  // namespace tensorflow_node
