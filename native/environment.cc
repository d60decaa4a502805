#include "environment.h"

#include <cstdlib>
#include <cstring>

namespace tensorflow_node {
namespace {

// Electron's memory cage refuses external buffers; the only way to know is to ask for one.
bool AllowsExternalBuffers(Napi::Env env) {
  const char* copy = std::getenv("LIBTENSORFLOW_NODE_COPY_BUFFERS");
  if (copy != nullptr && std::strcmp(copy, "1") == 0) return false;
  auto probe = std::make_unique<double>();
  napi_value buffer = nullptr;
  const auto release = [](napi_env, void* data, void*) { delete static_cast<double*>(data); };
  if (napi_create_external_arraybuffer(env, probe.get(), sizeof(double), release, nullptr, &buffer) != napi_ok)
    return false;
  probe.release();
  return true;
}

// Why: process.exit() and uncaught errors run static destructors without tearing the environment down, and those free
// code that oneDNN generated for kernels still running. The exit event comes before them.
void StopBeforeExit(Napi::Env env, Runner& runner) {
  const Napi::Value process = env.Global().Get("process");
  if (!process.IsObject()) return;
  const auto stop = [](const Napi::CallbackInfo& info) { static_cast<Runner*>(info.Data())->Stop(); };
  const Napi::Object emitter = process.As<Napi::Object>();
  emitter.Get("once").As<Napi::Function>().Call(
      emitter, {Napi::String::New(env, "exit"), Napi::Function::New(env, stop, "stopRuns", &runner)});
}

}  // namespace

Environment::Environment(Napi::Env env) : externalBuffers_(AllowsExternalBuffers(env)), runner_(env) {
  // Why: added after the Runner's thread-safe function, so that it runs before that one's own clean-up.
  env.AddCleanupHook([](Runner* runner) { runner->Stop(); }, &runner_);
  StopBeforeExit(env, runner_);
}

Environment& Environment::Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

void Environment::AddClass(const napi_type_tag* tag, Napi::Function constructor) {
  constructors_.emplace(tag, Napi::Persistent(constructor));
}

Napi::Object Environment::NewObject(const napi_type_tag* tag) const { return constructors_.at(tag).New({}); }

}  // namespace tensorflow_node
