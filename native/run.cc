#include "run.h"

#include "buffer.h"
#include "status.h"

namespace tensorflow_node {
namespace {

// A tensor without elements has no memory to share.
Fetched Take(TensorPtr tensor) {
  if (tf.TensorElementCount(tensor.get()) == 0) return {std::move(tensor), true};
  const bool exclusive = tf.TensorMaybeMove(tensor.get()) != nullptr;
  return {std::move(tensor), exclusive};
}

}  // namespace

std::vector<Fetched> Run(TF_Session* session, const RunPlan& plan, const std::vector<SharedTensor>& feeds,
                         const std::string& options, TF_Buffer* metadata) {
  std::vector<TF_Tensor*> inputs;
  for (const SharedTensor& feed : feeds) inputs.push_back(feed.get());
  std::vector<TF_Tensor*> raw(plan.fetches.size(), nullptr);
  BufferPtr runOptions;
  if (!options.empty()) runOptions = BufferOf({reinterpret_cast<const uint8_t*>(options.data()), options.size()});
  const Status status;
  tf.SessionRun(session, runOptions.get(), plan.feeds.data(), inputs.data(), static_cast<int>(inputs.size()),
                plan.fetches.data(), raw.data(), static_cast<int>(raw.size()), plan.targets.data(),
                static_cast<int>(plan.targets.size()), metadata, status.get());
  std::vector<TensorPtr> owned;
  for (TF_Tensor* tensor : raw) owned.emplace_back(tensor);
  status.Check();
  std::vector<Fetched> outputs;
  for (TensorPtr& tensor : owned) outputs.push_back(Take(std::move(tensor)));
  return outputs;
}

}  // namespace tensorflow_node
