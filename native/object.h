#pragma once

#include <napi.h>

#include <initializer_list>
#include <memory>
#include <utility>

#include "environment.h"
#include "status.h"

namespace tensorflow_node {

// How C++ objects become JavaScript objects. A class T needs `kName` and `kTag`; its methods take a CallbackInfo and
// return a Napi::Value. The type tag is checked on `this` and on every argument, so a forged object is an error.

template <typename T>
T* TryUnwrap(const Napi::Value& value) {
  if (value.IsEmpty() || !value.IsObject()) return nullptr;
  bool tagged = false;
  void* native = nullptr;
  if (napi_check_object_type_tag(value.Env(), value, &T::kTag, &tagged) != napi_ok || !tagged) return nullptr;
  if (napi_unwrap(value.Env(), value, &native) != napi_ok) return nullptr;
  return static_cast<T*>(native);
}

template <typename T>
T& Unwrap(const Napi::Value& value, const std::string& what) {
  if (T* native = TryUnwrap<T>(value)) return *native;
  throw Failure("ERR_ARGUMENT", what + " is expected to be a " + T::kName + " of this thread.");
}

template <typename T>
Napi::Object Wrap(Napi::Env env, std::unique_ptr<T> native) {
  const Napi::Object object = Environment::Of(env).NewObject(&T::kTag);
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<T*>(data); };
  if (napi_wrap(env, object, native.get(), finalize, nullptr, nullptr) != napi_ok) throw Napi::Error::New(env);
  native.release();
  if (napi_type_tag_object(env, object, &T::kTag) != napi_ok) throw Napi::Error::New(env);
  return object;
}

// Runs a native method; what it throws becomes a JavaScript exception.
template <typename Body>
napi_value Guard(napi_env env, Body body) {
  try {
    try {
      return body();
    } catch (...) {
      throw CurrentFailure().ToJs(env);
    }
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
    return nullptr;
  }
}

// The same for methods that give a promise: it is rejected instead.
template <typename Body>
napi_value GuardAsync(napi_env env, Body body) {
  return Guard(env, [&]() -> napi_value {
    try {
      return body();
    } catch (...) {
      const Napi::Promise::Deferred deferred = Napi::Promise::Deferred::New(env);
      deferred.Reject(CurrentFailure().ToJs(env).Value());
      return deferred.Promise();
    }
  });
}

template <typename T, auto Method>
napi_value Invoke(napi_env env, napi_callback_info raw) {
  return Guard(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    return (Unwrap<T>(info.This(), "this").*Method)(info);
  });
}

template <typename T, auto Method>
napi_value InvokeAsync(napi_env env, napi_callback_info raw) {
  return GuardAsync(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    return (Unwrap<T>(info.This(), "this").*Method)(info);
  });
}

template <typename T, auto Method>
constexpr napi_property_descriptor MethodOf(const char* name) {
  return {name, nullptr, Invoke<T, Method>, nullptr, nullptr, nullptr, napi_default_method, nullptr};
}

template <typename T, auto Method>
constexpr napi_property_descriptor AsyncMethodOf(const char* name) {
  return {name, nullptr, InvokeAsync<T, Method>, nullptr, nullptr, nullptr, napi_default_method, nullptr};
}

template <typename T, auto Method>
constexpr napi_property_descriptor GetterOf(const char* name) {
  return {name, nullptr, nullptr, Invoke<T, Method>, nullptr, nullptr, napi_configurable, nullptr};
}

template <typename T>
void DefineClass(Napi::Env env, std::initializer_list<napi_property_descriptor> properties) {
  const auto construct = [](napi_env callEnv, napi_callback_info info) -> napi_value {
    return Napi::CallbackInfo(callEnv, info).This();
  };
  napi_value constructor = nullptr;
  const napi_status status = napi_define_class(env, T::kName, NAPI_AUTO_LENGTH, construct, nullptr, properties.size(),
                                               properties.begin(), &constructor);
  if (status != napi_ok) throw Napi::Error::New(env);
  Environment::Of(env).AddClass(&T::kTag, Napi::Function(env, constructor));
}

}  // namespace tensorflow_node
