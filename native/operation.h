#pragma once

#include <napi.h>

#include <functional>
#include <string>
#include <vector>

#include "graph.h"
#include "library.h"

namespace tensorflow_node {

// A list input, or a single one.
struct InputArgument {
  bool isList = false;
  std::vector<TF_Output> outputs;
};

// Sets one attribute, whose value it owns, on a description.
using AttrSetter = std::function<void(TF_OperationDescription*)>;

// An operation, read completely before the graph is touched.
struct OperationDescription {
  std::string type;
  std::string name;
  std::string device;
  std::vector<InputArgument> inputs;
  std::vector<TF_Operation*> controls;
  std::vector<AttrSetter> attrs;
};

OperationDescription ReadDescription(const GraphState& graph, const Napi::Value& value);
// Adds the operation or leaves the graph as it was.
TF_Operation* AddTo(const GraphState& graph, const OperationDescription& description);

}  // namespace tensorflow_node
