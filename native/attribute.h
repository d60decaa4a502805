#pragma once

#include <napi.h>

#include <string>

#include "operation.h"

namespace tensorflow_node {

// Reads the value of attribute `name` as its kind asks (`int`, `list(int)`, `proto` …).
AttrSetter AttrOf(const std::string& name, const std::string& kind, const Napi::Value& value);

}  // namespace tensorflow_node
