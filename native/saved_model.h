#pragma once

#include <napi.h>

namespace tensorflow_node {

// Addon.loadSavedModel(directory, tags, config).
Napi::Value LoadSavedModel(const Napi::CallbackInfo& info);

}  // namespace tensorflow_node
