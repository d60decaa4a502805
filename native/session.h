#pragma once

#include <napi.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "environment.h"
#include "graph.h"
#include "library.h"
#include "runner.h"

namespace tensorflow_node {

struct LoopControl;

// The TF_Session and its users. Owner: shared by the JavaScript session, its callables and the jobs in flight.
// Thread: JavaScript, but for `get` and the TF_Session itself.
class SessionState : public std::enable_shared_from_this<SessionState> {
 public:
  SessionState(std::shared_ptr<Counters> counters, std::shared_ptr<GraphState> graph, SessionPtr session);

  TF_Session* get() const { return session_.get(); }
  const GraphState& graph() const { return *graph_; }
  const std::shared_ptr<Counters>& counters() const { return counters_; }
  bool closing() const { return closing_; }

  // A job that uses the session enters when it starts and leaves when it has settled; the last one out closes the door.
  void Enter() { ++active_; }
  void Leave(Napi::Env env);
  void AddLoop(LoopControl* loop) { loops_.insert(loop); }
  void RemoveLoop(LoopControl* loop) { loops_.erase(loop); }

  Napi::Promise Close(Napi::Env env);
  Napi::Promise Abort(Napi::Env env);
  void BeginClose(Napi::Env env);
  // Makes blocked runs return. Thread: any.
  void Cancel() const;

 private:
  class CancelJob;
  class DeleteJob;

  void StopLoops();
  void DeleteWhenUnused(Napi::Env env);
  void Deleted(Napi::Env env, const std::optional<Failure>& failure);
  Napi::Promise WhenDeleted(Napi::Env env);

  const std::shared_ptr<Counters> counters_;
  // Why: declared before the session, so that it is freed after it.
  const std::shared_ptr<GraphState> graph_;
  SessionPtr session_;
  std::optional<Tally> tally_;
  size_t active_ = 0;
  bool closing_ = false;
  bool deleting_ = false;
  std::unordered_set<LoopControl*> loops_;
  std::vector<Napi::Promise::Deferred> waiters_;
};

// A promise job that uses a session while it is in flight.
class SessionJob : public PromiseJob {
 public:
  SessionJob(Napi::Env env, std::shared_ptr<SessionState> session);
  void Settle(Napi::Env env) override;
  void Cancel() override { session_->Cancel(); }

 protected:
  SessionState& session() const { return *session_; }

 private:
  const std::shared_ptr<SessionState> session_;
  const Tally running_;
};

SessionOptionsPtr SessionOptionsOf(const std::string& config, const std::string& target);

class Session {
 public:
  static constexpr const char* kName = "NativeSession";
  static constexpr napi_type_tag kTag = {0x7d0f2a51c4e84b60, 0x9a3b5c1de2f40004};

  static void Define(Napi::Env env);
  // Addon.session(graph, config, target).
  static Napi::Value Open(const Napi::CallbackInfo& info);
  static Napi::Object New(Napi::Env env, std::shared_ptr<SessionState> state);

  explicit Session(std::shared_ptr<SessionState> state) : state_(std::move(state)) {}

 private:
  Napi::Value Disposed(const Napi::CallbackInfo& info);
  Napi::Value MakeCallable(const Napi::CallbackInfo& info);
  Napi::Value Devices(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);
  Napi::Value Abort(const Napi::CallbackInfo& info);
  Napi::Value Dispose(const Napi::CallbackInfo& info);
  const std::shared_ptr<SessionState>& Live() const;

  const std::shared_ptr<SessionState> state_;
};

}  // namespace tensorflow_node
