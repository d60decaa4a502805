#pragma once

#include <napi.h>

#include "graph.h"
#include "library.h"

namespace tensorflow_node {

class Function {
 public:
  static constexpr const char* kName = "NativeFunction";
  static constexpr napi_type_tag kTag = {0x7d0f2a51c4e84b60, 0x9a3b5c1de2f40003};

  static void Define(Napi::Env env);
  // Reads the arguments of NativeGraph.toFunction.
  static Napi::Value FromGraph(const GraphState& body, const Napi::CallbackInfo& info);
  static Napi::Value AllOf(Napi::Env env, const GraphState& graph);

  explicit Function(FunctionPtr function) : function_(std::move(function)) {}
  TF_Function* get() const { return function_.get(); }

 private:
  Napi::Value Name(const Napi::CallbackInfo& info);
  Napi::Value ToFunctionDef(const Napi::CallbackInfo& info);
  Napi::Value SetAttr(const Napi::CallbackInfo& info);

  const FunctionPtr function_;
};

}  // namespace tensorflow_node
