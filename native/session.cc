#include "session.h"

#include "arguments.h"
#include "callable.h"
#include "loop.h"
#include "object.h"

namespace tensorflow_node {

// Cancels the runs in flight while they go on elsewhere.
class SessionState::CancelJob : public Job {
 public:
  explicit CancelJob(std::shared_ptr<SessionState> session) : session_(std::move(session)) { session_->Enter(); }
  void Execute() override { session_->Cancel(); }
  void Settle(Napi::Env env) override { session_->Leave(env); }

 private:
  const std::shared_ptr<SessionState> session_;
};

// Closes and frees a session that no run uses any more.
class SessionState::DeleteJob : public Job {
 public:
  explicit DeleteJob(std::shared_ptr<SessionState> session) : session_(std::move(session)) {}
  void Execute() override {
    const SessionPtr session = std::move(session_->session_);
    const Status status;
    tf.CloseSession(session.get(), status.get());
    status.Check();
  }
  void Settle(Napi::Env env) override { session_->Deleted(env, failure); }

 private:
  const std::shared_ptr<SessionState> session_;
};

SessionState::SessionState(std::shared_ptr<Counters> counters, std::shared_ptr<GraphState> graph, SessionPtr session)
    : counters_(std::move(counters)), graph_(std::move(graph)), session_(std::move(session)) {
  tally_.emplace(counters_, &Counters::sessions);
}

void SessionState::Leave(Napi::Env env) {
  --active_;
  if (closing_) DeleteWhenUnused(env);
}

void SessionState::StopLoops() {
  for (LoopControl* loop : loops_) loop->stop = true;
}

void SessionState::BeginClose(Napi::Env env) {
  closing_ = true;
  StopLoops();
  DeleteWhenUnused(env);
}

Napi::Promise SessionState::Close(Napi::Env env) {
  const Napi::Promise promise = WhenDeleted(env);
  BeginClose(env);
  return promise;
}

Napi::Promise SessionState::Abort(Napi::Env env) {
  const Napi::Promise promise = WhenDeleted(env);
  if (active_ > 0) {
    Environment::Of(env).runner().Start(env, std::make_unique<CancelJob>(shared_from_this()), Lane::kUrgent);
  }
  BeginClose(env);
  return promise;
}

Napi::Promise SessionState::WhenDeleted(Napi::Env env) {
  const Napi::Promise::Deferred deferred = Napi::Promise::Deferred::New(env);
  const bool deleted = !tally_;
  if (deleted) {
    deferred.Resolve(env.Undefined());
  } else {
    waiters_.push_back(deferred);
  }
  return deferred.Promise();
}

void SessionState::Cancel() const {
  const Status ignored;
  tf.CloseSession(get(), ignored.get());
}

void SessionState::DeleteWhenUnused(Napi::Env env) {
  if (active_ > 0 || deleting_) return;
  deleting_ = true;
  Environment::Of(env).runner().Start(env, std::make_unique<DeleteJob>(shared_from_this()), Lane::kUrgent);
}

void SessionState::Deleted(Napi::Env env, const std::optional<Failure>& failure) {
  tally_.reset();
  for (const Napi::Promise::Deferred& waiter : waiters_) {
    if (failure) {
      waiter.Reject(failure->ToJs(env).Value());
    } else {
      waiter.Resolve(env.Undefined());
    }
  }
  waiters_.clear();
}

SessionJob::SessionJob(Napi::Env env, std::shared_ptr<SessionState> session)
    : PromiseJob(env), session_(std::move(session)), running_(session_->counters(), &Counters::running) {
  session_->Enter();
}

void SessionJob::Settle(Napi::Env env) {
  PromiseJob::Settle(env);
  session_->Leave(env);
}

SessionOptionsPtr SessionOptionsOf(const std::string& config, const std::string& target) {
  SessionOptionsPtr options(tf.NewSessionOptions());
  const Status status;
  tf.SetConfig(options.get(), config.data(), config.size(), status.get());
  status.Check();
  tf.SetTarget(options.get(), target.c_str());
  return options;
}

void Session::Define(Napi::Env env) {
  DefineClass<Session>(env, {
                                GetterOf<Session, &Session::Disposed>("disposed"),
                                MethodOf<Session, &Session::MakeCallable>("callable"),
                                MethodOf<Session, &Session::Devices>("devices"),
                                AsyncMethodOf<Session, &Session::Close>("close"),
                                AsyncMethodOf<Session, &Session::Abort>("abort"),
                                MethodOf<Session, &Session::Dispose>("dispose"),
                            });
}

Napi::Object Session::New(Napi::Env env, std::shared_ptr<SessionState> state) {
  return Wrap(env, std::make_unique<Session>(std::move(state)));
}

Napi::Value Session::Open(const Napi::CallbackInfo& info) {
  const std::shared_ptr<GraphState> graph = Unwrap<Graph>(info[0], "graph").Live();
  const std::string target = IsMissing(info[2]) ? std::string() : Text(info[2], "target");
  const SessionOptionsPtr options = SessionOptionsOf(OptionalBytes(info[1], "config"), target);
  const Status status;
  SessionPtr session(tf.NewSession(graph->get(), options.get(), status.get()));
  status.Check();
  return New(info.Env(),
             std::make_shared<SessionState>(Environment::Of(info.Env()).counters(), graph, std::move(session)));
}

const std::shared_ptr<SessionState>& Session::Live() const {
  if (state_->closing()) throw Failure("ERR_DISPOSED", "the session was closed; use it before close() or dispose().");
  return state_;
}

Napi::Value Session::Disposed(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), state_->closing());
}

Napi::Value Session::MakeCallable(const Napi::CallbackInfo& info) {
  const std::shared_ptr<SessionState>& state = Live();
  const GraphState& graph = state->graph();
  auto plan = std::make_shared<const RunPlan>(RunPlan{
      graph.Outputs(info[0], "feeds"), graph.Outputs(info[1], "fetches"), graph.Operations(info[2], "targets")});
  return Wrap(info.Env(), std::make_unique<Callable>(state, std::move(plan)));
}

Napi::Value Session::Devices(const Napi::CallbackInfo& info) {
  const Status status;
  const DeviceListPtr devices(tf.SessionListDevices(Live()->get(), status.get()));
  status.Check();
  const int count = tf.DeviceListCount(devices.get());
  Napi::Array list = Napi::Array::New(info.Env(), count);
  for (int i = 0; i < count; ++i) {
    const Status unknown;
    Napi::Object device = Napi::Object::New(info.Env());
    device.Set("name", tf.DeviceListName(devices.get(), i, unknown.get()));
    device.Set("type", tf.DeviceListType(devices.get(), i, unknown.get()));
    device.Set("memory", static_cast<double>(tf.DeviceListMemoryBytes(devices.get(), i, unknown.get())));
    list.Set(i, device);
  }
  return list;
}

Napi::Value Session::Close(const Napi::CallbackInfo& info) { return state_->Close(info.Env()); }

Napi::Value Session::Abort(const Napi::CallbackInfo& info) { return state_->Abort(info.Env()); }

Napi::Value Session::Dispose(const Napi::CallbackInfo& info) {
  if (!state_->closing()) state_->BeginClose(info.Env());
  return info.Env().Undefined();
}

}  // namespace tensorflow_node
