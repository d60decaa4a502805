#include "saved_model.h"

#include <memory>
#include <string>
#include <vector>

#include "arguments.h"
#include "buffer.h"
#include "graph.h"
#include "session.h"

namespace tensorflow_node {
namespace {

class LoadJob : public PromiseJob {
 public:
  LoadJob(Napi::Env env, std::string directory, std::vector<std::string> tags, SessionOptionsPtr options)
      : PromiseJob(env),
        counters_(Environment::Of(env).counters()),
        directory_(std::move(directory)),
        tags_(std::move(tags)),
        options_(std::move(options)) {}

  void Execute() override {
    std::vector<const char*> tags;
    for (const std::string& tag : tags_) tags.push_back(tag.c_str());
    graph_ = std::make_shared<GraphState>(counters_);
    const Status status;
    session_.reset(tf.LoadSessionFromSavedModel(options_.get(), nullptr, directory_.c_str(), tags.data(),
                                                static_cast<int>(tags.size()), graph_->get(), metaGraph_.get(),
                                                status.get()));
    status.Check();
    graph_->Sync();
  }

 protected:
  Napi::Value Result(Napi::Env env) override {
    Napi::Object loaded = Napi::Object::New(env);
    loaded.Set("graph", Graph::New(env, graph_));
    loaded.Set("session", Session::New(env, std::make_shared<SessionState>(counters_, graph_, std::move(session_))));
    loaded.Set("metaGraph", ToJs(env, metaGraph_.get()));
    return loaded;
  }

 private:
  const std::shared_ptr<Counters> counters_;
  const std::string directory_;
  const std::vector<std::string> tags_;
  const SessionOptionsPtr options_;
  const BufferPtr metaGraph_{tf.NewBuffer()};
  // Why: declared before the session, so that it is freed after it.
  std::shared_ptr<GraphState> graph_;
  SessionPtr session_;
};

}  // namespace

Napi::Value LoadSavedModel(const Napi::CallbackInfo& info) {
  auto job =
      std::make_unique<LoadJob>(info.Env(), Text(info[0], "directory"), ListOf<std::string>(info[1], "tags", Text),
                                SessionOptionsOf(OptionalBytes(info[2], "config"), {}));
  const Napi::Promise promise = job->promise();
  Environment::Of(info.Env()).runner().Start(info.Env(), std::move(job));
  return promise;
}

}  // namespace tensorflow_node
