#pragma once

#include <napi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "run.h"
#include "session.h"

namespace tensorflow_node {

// Shared by the loop's thread and the JavaScript that watches and stops it.
struct LoopControl {
  std::atomic<bool> stop{false};
  std::atomic<int64_t> steps{0};
};

class Loop {
 public:
  static constexpr const char* kName = "NativeLoop";
  static constexpr napi_type_tag kTag = {0x7d0f2a51c4e84b60, 0x9a3b5c1de2f40006};

  static void Define(Napi::Env env);
  static Napi::Value Start(Napi::Env env, std::shared_ptr<SessionState> session, std::shared_ptr<const RunPlan> plan,
                           std::vector<SharedTensor> feeds, int64_t steps);

  explicit Loop(std::shared_ptr<LoopControl> control) : control_(std::move(control)) {}

 private:
  Napi::Value Steps(const Napi::CallbackInfo& info);
  Napi::Value Stop(const Napi::CallbackInfo& info);

  const std::shared_ptr<LoopControl> control_;
};

}  // namespace tensorflow_node
