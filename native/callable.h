#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "run.h"
#include "session.h"

namespace tensorflow_node {

class Callable {
 public:
  static constexpr const char* kName = "NativeCallable";
  static constexpr napi_type_tag kTag = {0x7d0f2a51c4e84b60, 0x9a3b5c1de2f40005};

  static void Define(Napi::Env env);

  Callable(std::shared_ptr<SessionState> session, std::shared_ptr<const RunPlan> plan)
      : session_(std::move(session)), plan_(std::move(plan)) {}

 private:
  Napi::Value RunOnce(const Napi::CallbackInfo& info);
  Napi::Value RunSync(const Napi::CallbackInfo& info);
  Napi::Value RunMany(const Napi::CallbackInfo& info);
  Napi::Value RunTraced(const Napi::CallbackInfo& info);
  const std::shared_ptr<SessionState>& Live() const;
  std::vector<SharedTensor> Feeds(const Napi::Value& value) const;

  const std::shared_ptr<SessionState> session_;
  const std::shared_ptr<const RunPlan> plan_;
};

}  // namespace tensorflow_node
