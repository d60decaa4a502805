#include "loop.h"

#include "object.h"

namespace tensorflow_node {
namespace {

class LoopJob : public SessionJob {
 public:
  LoopJob(Napi::Env env, std::shared_ptr<SessionState> session, std::shared_ptr<const RunPlan> plan,
          std::vector<SharedTensor> feeds, int64_t steps, std::shared_ptr<LoopControl> control)
      : SessionJob(env, std::move(session)),
        plan_(std::move(plan)),
        feeds_(std::move(feeds)),
        steps_(steps),
        control_(std::move(control)) {
    this->session().AddLoop(control_.get());
  }

  void Execute() override {
    while (control_->steps < steps_ && !control_->stop && Step()) {
    }
    stopped_ = !ended_ && control_->steps < steps_;
  }

  void Settle(Napi::Env env) override {
    session().RemoveLoop(control_.get());
    SessionJob::Settle(env);
  }

  void Cancel() override {
    control_->stop = true;
    SessionJob::Cancel();
  }

 protected:
  Napi::Value Result(Napi::Env env) override {
    Napi::Object result = Napi::Object::New(env);
    result.Set("steps", static_cast<double>(control_->steps));
    result.Set("ended", ended_);
    result.Set("stopped", stopped_);
    result.Set("outputs", ToJs(env, std::move(outputs_)));
    return result;
  }

 private:
  // False when the data ended.
  bool Step() {
    try {
      outputs_ = Run(session().get(), *plan_, feeds_);
      ++control_->steps;
    } catch (const Failure& failure) {
      ended_ = failure.code() == "TF_OUT_OF_RANGE";
      if (!ended_) throw;
    }
    return !ended_;
  }

  const std::shared_ptr<const RunPlan> plan_;
  const std::vector<SharedTensor> feeds_;
  const int64_t steps_;
  const std::shared_ptr<LoopControl> control_;
  bool ended_ = false;
  bool stopped_ = false;
  std::vector<Fetched> outputs_;
};

}  // namespace

void Loop::Define(Napi::Env env) {
  DefineClass<Loop>(env, {MethodOf<Loop, &Loop::Steps>("steps"), MethodOf<Loop, &Loop::Stop>("stop")});
}

Napi::Value Loop::Start(Napi::Env env, std::shared_ptr<SessionState> session, std::shared_ptr<const RunPlan> plan,
                        std::vector<SharedTensor> feeds, int64_t steps) {
  if (steps < 0)
    throw Failure("ERR_ARGUMENT", "steps is expected to be at least 0, got " + std::to_string(steps) + ".");
  auto control = std::make_shared<LoopControl>();
  Napi::Object loop = Wrap(env, std::make_unique<Loop>(control));
  auto job =
      std::make_unique<LoopJob>(env, std::move(session), std::move(plan), std::move(feeds), steps, std::move(control));
  loop.Set("done", job->promise());
  Environment::Of(env).runner().Start(env, std::move(job));
  return loop;
}

Napi::Value Loop::Steps(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(control_->steps));
}

Napi::Value Loop::Stop(const Napi::CallbackInfo& info) {
  control_->stop = true;
  return info.Env().Undefined();
}

}  // namespace tensorflow_node
