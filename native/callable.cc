#include "callable.h"

#include <string>

#include "arguments.h"
#include "buffer.h"
#include "loop.h"
#include "object.h"

namespace tensorflow_node {
namespace {

class RunJob : public SessionJob {
 public:
  RunJob(Napi::Env env, std::shared_ptr<SessionState> session, std::shared_ptr<const RunPlan> plan,
         std::vector<SharedTensor> feeds, std::string options)
      : SessionJob(env, std::move(session)),
        plan_(std::move(plan)),
        feeds_(std::move(feeds)),
        options_(std::move(options)) {}

  void Execute() override { Take(nullptr); }

 protected:
  Napi::Value Result(Napi::Env env) override { return ToJs(env, std::move(outputs_)); }
  void Take(TF_Buffer* metadata) { outputs_ = Run(session().get(), *plan_, feeds_, options_, metadata); }

 private:
  const std::shared_ptr<const RunPlan> plan_;
  const std::vector<SharedTensor> feeds_;
  const std::string options_;
  std::vector<Fetched> outputs_;
};

class TracedJob : public RunJob {
 public:
  using RunJob::RunJob;

  void Execute() override { Take(metadata_.get()); }

 protected:
  Napi::Value Result(Napi::Env env) override {
    Napi::Object result = Napi::Object::New(env);
    result.Set("outputs", RunJob::Result(env));
    result.Set("metadata", ToJs(env, metadata_.get()));
    return result;
  }

 private:
  const BufferPtr metadata_{tf.NewBuffer()};
};

Napi::Value StartJob(Napi::Env env, std::unique_ptr<PromiseJob> job) {
  const Napi::Promise promise = job->promise();
  Environment::Of(env).runner().Start(env, std::move(job));
  return promise;
}

}  // namespace

void Callable::Define(Napi::Env env) {
  DefineClass<Callable>(env, {
                                 AsyncMethodOf<Callable, &Callable::RunOnce>("run"),
                                 MethodOf<Callable, &Callable::RunSync>("runSync"),
                                 MethodOf<Callable, &Callable::RunMany>("runMany"),
                                 AsyncMethodOf<Callable, &Callable::RunTraced>("runTraced"),
                             });
}

const std::shared_ptr<SessionState>& Callable::Live() const {
  if (session_->closing())
    throw Failure("ERR_DISPOSED", "the session of this callable was closed; run it before close() or dispose().");
  return session_;
}

std::vector<SharedTensor> Callable::Feeds(const Napi::Value& value) const {
  auto feeds = ListOf<SharedTensor>(value, "feeds", [](const Napi::Value& item, const std::string& what) {
    return Unwrap<Tensor>(item, what).Live();
  });
  if (feeds.size() == plan_->feeds.size()) return feeds;
  throw Failure("ERR_ARGUMENT", "this callable is fed " + std::to_string(plan_->feeds.size()) + " tensors, got " +
                                    std::to_string(feeds.size()) + ".");
}

Napi::Value Callable::RunOnce(const Napi::CallbackInfo& info) {
  return StartJob(info.Env(), std::make_unique<RunJob>(info.Env(), Live(), plan_, Feeds(info[0]),
                                                       OptionalBytes(info[1], "runOptions")));
}

Napi::Value Callable::RunTraced(const Napi::CallbackInfo& info) {
  return StartJob(info.Env(), std::make_unique<TracedJob>(info.Env(), Live(), plan_, Feeds(info[0]),
                                                          OptionalBytes(info[1], "runOptions")));
}

Napi::Value Callable::RunSync(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), Run(Live()->get(), *plan_, Feeds(info[0])));
}

Napi::Value Callable::RunMany(const Napi::CallbackInfo& info) {
  const std::shared_ptr<SessionState>& session = Live();
  return Loop::Start(info.Env(), session, plan_, Feeds(info[0]), Integer(info[1], "steps"));
}

}  // namespace tensorflow_node
