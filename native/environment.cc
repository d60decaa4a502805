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
  if (napi_create_external_arraybuffer(env, probe.get(), sizeof(double), release, nullptr, &buffer) != napi_ok) return false;
  probe.release();
  return true;
}

}  // namespace

Environment::Environment(Napi::Env env) : externalBuffers_(AllowsExternalBuffers(env)), runner_(env) {
  // Why: registered after the Runner's thread-safe function, so that it runs before that one's own clean-up.
  env.AddCleanupHook([](Runner* runner) { runner->Stop(); }, &runner_);
}

Environment& Environment::Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

void Environment::AddClass(const napi_type_tag* tag, Napi::Function constructor) {
  constructors_.emplace(tag, Napi::Persistent(constructor));
}

Napi::Object Environment::NewObject(const napi_type_tag* tag) const { return constructors_.at(tag).New({}); }

}  // namespace tensorflow_node
