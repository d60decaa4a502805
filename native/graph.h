#pragma once

#include <napi.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "environment.h"
#include "library.h"

namespace tensorflow_node {

// The TF_Graph and the ids of its operations. Owner: shared by the JavaScript graph and its sessions.
// Thread: JavaScript (a SavedModel's is made on a Runner's thread and handed over).
class GraphState {
 public:
  explicit GraphState(std::shared_ptr<Counters> counters);

  TF_Graph* get() const { return graph_.get(); }
  // Gives ids to the operations that were added since, by us or by the library.
  void Sync();
  size_t Count() const { return operations_.size(); }
  int64_t IdOf(TF_Operation* operation) const;

  // Read an OpId or an OutputRef and check it against this graph.
  TF_Operation* Operation(const Napi::Value& value, const std::string& what) const;
  TF_Output Output(const Napi::Value& value, const std::string& what) const;
  std::vector<TF_Operation*> Operations(const Napi::Value& value, const std::string& what) const;
  std::vector<TF_Output> Outputs(const Napi::Value& value, const std::string& what) const;
  Napi::Array RefOf(Napi::Env env, TF_Operation* operation, int index) const;

 private:
  const Tally tally_;
  const GraphPtr graph_;
  // Position of the last operation known, as the library counts.
  size_t cursor_ = 0;
  std::vector<TF_Operation*> operations_;
  std::unordered_map<TF_Operation*, int64_t> ids_;
};

class Graph {
 public:
  static constexpr const char* kName = "NativeGraph";
  static constexpr napi_type_tag kTag = {0x7d0f2a51c4e84b60, 0x9a3b5c1de2f40002};

  static void Define(Napi::Env env);
  static Napi::Object New(Napi::Env env, std::shared_ptr<GraphState> state);

  explicit Graph(std::shared_ptr<GraphState> state) : state_(std::move(state)) {}
  const std::shared_ptr<GraphState>& Live() const;

 private:
  Napi::Value Disposed(const Napi::CallbackInfo& info);
  Napi::Value AddOperation(const Napi::CallbackInfo& info);
  Napi::Value OperationCount(const Napi::CallbackInfo& info);
  Napi::Value FindOperation(const Napi::CallbackInfo& info);
  Napi::Value OpName(const Napi::CallbackInfo& info);
  Napi::Value OpType(const Napi::CallbackInfo& info);
  Napi::Value OpDevice(const Napi::CallbackInfo& info);
  Napi::Value OpInputs(const Napi::CallbackInfo& info);
  Napi::Value OpControlInputs(const Napi::CallbackInfo& info);
  Napi::Value OpNumOutputs(const Napi::CallbackInfo& info);
  Napi::Value OpInputListLength(const Napi::CallbackInfo& info);
  Napi::Value OpOutputListLength(const Napi::CallbackInfo& info);
  Napi::Value OpAttr(const Napi::CallbackInfo& info);
  Napi::Value OpNodeDef(const Napi::CallbackInfo& info);
  Napi::Value OutputType(const Napi::CallbackInfo& info);
  Napi::Value OutputShape(const Napi::CallbackInfo& info);
  Napi::Value SetOutputShape(const Napi::CallbackInfo& info);
  Napi::Value Consumers(const Napi::CallbackInfo& info);
  Napi::Value ToGraphDef(const Napi::CallbackInfo& info);
  Napi::Value ImportGraphDef(const Napi::CallbackInfo& info);
  Napi::Value AddGradients(const Napi::CallbackInfo& info);
  Napi::Value ToFunction(const Napi::CallbackInfo& info);
  Napi::Value CopyFunction(const Napi::CallbackInfo& info);
  Napi::Value Functions(const Napi::CallbackInfo& info);
  Napi::Value Dispose(const Napi::CallbackInfo& info);

  TF_Operation* OperationAt(const Napi::CallbackInfo& info) const;
  TF_Output OutputAt(const Napi::CallbackInfo& info) const;

  std::shared_ptr<GraphState> state_;
};

}  // namespace tensorflow_node
