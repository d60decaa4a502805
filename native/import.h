#pragma once

#include <napi.h>

#include "graph.h"
#include "library.h"

namespace tensorflow_node {

// Reads an ImportOptions object; its outputs and operations belong to `graph`.
ImportOptionsPtr ReadImportOptions(const GraphState& graph, const Napi::Value& value);

}  // namespace tensorflow_node
