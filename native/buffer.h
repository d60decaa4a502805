#pragma once

#include <napi.h>

#include "arguments.h"
#include "library.h"
#include "status.h"

namespace tensorflow_node {

// A TF_Buffer with a copy of the bytes.
inline BufferPtr BufferOf(const Bytes& bytes) { return BufferPtr(tf.NewBufferFromString(bytes.data, bytes.length)); }

inline Napi::Uint8Array ToJs(Napi::Env env, const TF_Buffer* buffer) { return ToJs(env, buffer->data, buffer->length); }

// The message that a call of the library serializes into a TF_Buffer.
template <typename Write>
Napi::Value Serialized(Napi::Env env, Write write) {
  const BufferPtr buffer(tf.NewBuffer());
  const Status status;
  write(buffer.get(), status.get());
  status.Check();
  return ToJs(env, buffer.get());
}

}  // namespace tensorflow_node
