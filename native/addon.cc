#include <napi.h>

#include <string>

#include "arguments.h"
#include "buffer.h"
#include "callable.h"
#include "environment.h"
#include "function.h"
#include "graph.h"
#include "library.h"
#include "loop.h"
#include "object.h"
#include "saved_model.h"
#include "session.h"
#include "status.h"
#include "tensor.h"

namespace tensorflow_node {
namespace {

Napi::Value Load(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::Of(info.Env());
  if (info[1].IsFunction()) environment.UseErrorClass(info[1].As<Napi::Function>());
  OpenLibrary(ListOf<std::string>(info[0], "nativeLibraries", Text));
  environment.MarkLibraryOpen();
  return info.Env().Undefined();
}

Napi::Value Version(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), tf.Version()); }

Napi::Value OpList(const Napi::CallbackInfo& info) {
  const BufferPtr list(tf.GetAllOpList());
  return ToJs(info.Env(), list.get());
}

// Why by a graph: only one of those tells of one op; making the whole list takes 10 ms.
Napi::Value OpDefinition(const Napi::CallbackInfo& info) {
  // Why never freed: it lives as long as the library.
  static TF_Graph* const anyGraph = tf.NewGraph();
  const BufferPtr definition(tf.NewBuffer());
  const Status status;
  tf.GraphGetOpDef(anyGraph, Text(info[0], "type").c_str(), definition.get(), status.get());
  if (status.code() == TF_NOT_FOUND) return info.Env().Undefined();
  status.Check();
  return ToJs(info.Env(), definition.get());
}

Napi::Value KernelList(const Napi::CallbackInfo& info) {
  const Status status;
  const BufferPtr list(tf.GetAllRegisteredKernels(status.get()));
  status.Check();
  return ToJs(info.Env(), list.get());
}

Napi::Value LoadLibrary(const Napi::CallbackInfo& info) {
  const Status status;
  const LibraryPtr library(tf.LoadLibrary(Text(info[0], "path").c_str(), status.get()));
  status.Check();
  const TF_Buffer ops = tf.GetOpList(library.get());
  return ToJs(info.Env(), &ops);
}

Napi::Value ExternalBuffers(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Environment::Of(info.Env()).externalBuffers());
}

Napi::Value NewGraph(const Napi::CallbackInfo& info) {
  return Graph::New(info.Env(), std::make_shared<GraphState>(Environment::Of(info.Env()).counters()));
}

Napi::Value Count(const Napi::CallbackInfo& info) {
  const Counters& counters = *Environment::Of(info.Env()).counters();
  Napi::Object counts = Napi::Object::New(info.Env());
  counts.Set("tensors", static_cast<double>(counters.tensors));
  counts.Set("graphs", static_cast<double>(counters.graphs));
  counts.Set("sessions", static_cast<double>(counters.sessions));
  counts.Set("running", static_cast<double>(counters.running));
  return counts;
}

using Body = Napi::Value (*)(const Napi::CallbackInfo&);

template <Body body>
napi_value WithoutLibrary(napi_env env, napi_callback_info raw) {
  return Guard(env, [&]() -> napi_value { return body(Napi::CallbackInfo(env, raw)); });
}

void RequireLibrary(Napi::Env env) {
  if (!Environment::Of(env).libraryOpen())
    throw Failure("ERR_LIBRARY", "libtensorflow is not open in this thread; call load() first.");
}

template <Body body>
napi_value WithLibrary(napi_env env, napi_callback_info raw) {
  return Guard(env, [&]() -> napi_value {
    RequireLibrary(env);
    return body(Napi::CallbackInfo(env, raw));
  });
}

template <Body body>
napi_value WithLibraryAsync(napi_env env, napi_callback_info raw) {
  return GuardAsync(env, [&]() -> napi_value {
    RequireLibrary(env);
    return body(Napi::CallbackInfo(env, raw));
  });
}

struct Export {
  const char* name;
  napi_callback callback;
};

constexpr Export kExports[] = {
    {"load", WithoutLibrary<Load>},
    {"externalBuffers", WithoutLibrary<ExternalBuffers>},
    {"counters", WithoutLibrary<Count>},
    {"version", WithLibrary<Version>},
    {"opList", WithLibrary<OpList>},
    {"opDefinition", WithLibrary<OpDefinition>},
    {"kernelList", WithLibrary<KernelList>},
    {"loadLibrary", WithLibrary<LoadLibrary>},
    {"tensor", WithLibrary<Tensor::FromBytes>},
    {"stringTensor", WithLibrary<Tensor::FromStrings>},
    {"allocate", WithLibrary<Tensor::Allocate>},
    {"graph", WithLibrary<NewGraph>},
    {"session", WithLibrary<Session::Open>},
    {"loadSavedModel", WithLibraryAsync<LoadSavedModel>},
};

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment(env));
  Tensor::Define(env);
  Graph::Define(env);
  Function::Define(env);
  Session::Define(env);
  Callable::Define(env);
  Loop::Define(env);
  for (const Export& entry : kExports) {
    napi_value function = nullptr;
    if (napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback, nullptr, &function) != napi_ok) {
      throw Napi::Error::New(env);
    }
    exports.Set(entry.name, Napi::Value(env, function));
  }
  return exports;
}

}  // namespace

NODE_API_MODULE(libtensorflow_node, Init)

}  // namespace tensorflow_node
