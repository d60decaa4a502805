#pragma once

#include <string>
#include <vector>

#include "library.h"
#include "tensor.h"

namespace tensorflow_node {

// Feeds, fetches and targets of a run, resolved. The operations live as long as the graph of the session.
struct RunPlan {
  std::vector<TF_Output> feeds;
  std::vector<TF_Output> fetches;
  std::vector<TF_Operation*> targets;
};

// One TF_SessionRun. `metadata` may be null; `options` is a serialized RunOptions or empty. Thread: any.
std::vector<Fetched> Run(TF_Session* session, const RunPlan& plan, const std::vector<SharedTensor>& feeds,
                         const std::string& options = {}, TF_Buffer* metadata = nullptr);

}  // namespace tensorflow_node
