#include "graph.h"

#include <string>

#include "arguments.h"
#include "buffer.h"
#include "function.h"
#include "import.h"
#include "object.h"
#include "operation.h"

namespace tensorflow_node {

GraphState::GraphState(std::shared_ptr<Counters> counters)
    : tally_(std::move(counters), &Counters::graphs), graph_(tf.NewGraph()) {}

void GraphState::Sync() {
  // Why a copy: at the end of the graph the library moves the position past an operation that may still come.
  size_t position = cursor_;
  while (TF_Operation* operation = tf.GraphNextOperation(get(), &position)) {
    cursor_ = position;
    ids_.emplace(operation, static_cast<int64_t>(operations_.size()));
    operations_.push_back(operation);
  }
}

int64_t GraphState::IdOf(TF_Operation* operation) const { return ids_.at(operation); }

TF_Operation* GraphState::Operation(const Napi::Value& value, const std::string& what) const {
  return operations_[Index(value, static_cast<int64_t>(Count()), what)];
}

TF_Output GraphState::Output(const Napi::Value& value, const std::string& what) const {
  const Napi::Array ref = List(value, what);
  TF_Operation* operation = Operation(ref.Get(0u), what + "[0]");
  return {operation, static_cast<int>(Index(ref.Get(1u), tf.OperationNumOutputs(operation), what + "[1]"))};
}

std::vector<TF_Operation*> GraphState::Operations(const Napi::Value& value, const std::string& what) const {
  return ListOf<TF_Operation*>(
      value, what, [this](const Napi::Value& item, const std::string& name) { return Operation(item, name); });
}

std::vector<TF_Output> GraphState::Outputs(const Napi::Value& value, const std::string& what) const {
  return ListOf<TF_Output>(value, what,
                           [this](const Napi::Value& item, const std::string& name) { return Output(item, name); });
}

Napi::Array GraphState::RefOf(Napi::Env env, TF_Operation* operation, int index) const {
  Napi::Array ref = Napi::Array::New(env, 2);
  ref.Set(0u, static_cast<double>(IdOf(operation)));
  ref.Set(1u, index);
  return ref;
}

void Graph::Define(Napi::Env env) {
  DefineClass<Graph>(env, {
                              GetterOf<Graph, &Graph::Disposed>("disposed"),
                              MethodOf<Graph, &Graph::AddOperation>("addOperation"),
                              MethodOf<Graph, &Graph::OperationCount>("operationCount"),
                              MethodOf<Graph, &Graph::FindOperation>("findOperation"),
                              MethodOf<Graph, &Graph::OpName>("opName"),
                              MethodOf<Graph, &Graph::OpType>("opType"),
                              MethodOf<Graph, &Graph::OpDevice>("opDevice"),
                              MethodOf<Graph, &Graph::OpInputs>("opInputs"),
                              MethodOf<Graph, &Graph::OpControlInputs>("opControlInputs"),
                              MethodOf<Graph, &Graph::OpNumOutputs>("opNumOutputs"),
                              MethodOf<Graph, &Graph::OpInputListLength>("opInputListLength"),
                              MethodOf<Graph, &Graph::OpOutputListLength>("opOutputListLength"),
                              MethodOf<Graph, &Graph::OpAttr>("opAttr"),
                              MethodOf<Graph, &Graph::OpNodeDef>("opNodeDef"),
                              MethodOf<Graph, &Graph::OutputType>("outputType"),
                              MethodOf<Graph, &Graph::OutputShape>("outputShape"),
                              MethodOf<Graph, &Graph::SetOutputShape>("setOutputShape"),
                              MethodOf<Graph, &Graph::Consumers>("consumers"),
                              MethodOf<Graph, &Graph::ToGraphDef>("toGraphDef"),
                              MethodOf<Graph, &Graph::ImportGraphDef>("importGraphDef"),
                              MethodOf<Graph, &Graph::AddGradients>("addGradients"),
                              MethodOf<Graph, &Graph::ToFunction>("toFunction"),
                              MethodOf<Graph, &Graph::CopyFunction>("copyFunction"),
                              MethodOf<Graph, &Graph::Functions>("functions"),
                              MethodOf<Graph, &Graph::Dispose>("dispose"),
                          });
}

Napi::Object Graph::New(Napi::Env env, std::shared_ptr<GraphState> state) {
  return Wrap(env, std::make_unique<Graph>(std::move(state)));
}

const std::shared_ptr<GraphState>& Graph::Live() const {
  if (!state_) throw Failure("ERR_DISPOSED", "the graph was disposed; use it before dispose().");
  return state_;
}

TF_Operation* Graph::OperationAt(const Napi::CallbackInfo& info) const { return Live()->Operation(info[0], "op"); }

TF_Output Graph::OutputAt(const Napi::CallbackInfo& info) const {
  TF_Operation* operation = OperationAt(info);
  return {operation, static_cast<int>(Index(info[1], tf.OperationNumOutputs(operation), "index"))};
}

Napi::Value Graph::Disposed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !state_); }

Napi::Value Graph::Dispose(const Napi::CallbackInfo& info) {
  state_.reset();
  return info.Env().Undefined();
}

Napi::Value Graph::AddOperation(const Napi::CallbackInfo& info) {
  GraphState& graph = *Live();
  TF_Operation* operation = AddTo(graph, ReadDescription(graph, info[0]));
  graph.Sync();
  return Napi::Number::New(info.Env(), static_cast<double>(graph.IdOf(operation)));
}

Napi::Value Graph::OperationCount(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(Live()->Count()));
}

Napi::Value Graph::FindOperation(const Napi::CallbackInfo& info) {
  const GraphState& graph = *Live();
  TF_Operation* operation = tf.GraphOperationByName(graph.get(), Text(info[0], "name").c_str());
  return Napi::Number::New(info.Env(), operation == nullptr ? -1.0 : static_cast<double>(graph.IdOf(operation)));
}

Napi::Value Graph::OpName(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), tf.OperationName(OperationAt(info)));
}

Napi::Value Graph::OpType(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), tf.OperationOpType(OperationAt(info)));
}

Napi::Value Graph::OpDevice(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), tf.OperationDevice(OperationAt(info)));
}

Napi::Value Graph::OpInputs(const Napi::CallbackInfo& info) {
  TF_Operation* operation = OperationAt(info);
  std::vector<TF_Output> inputs(tf.OperationNumInputs(operation));
  tf.OperationAllInputs(operation, inputs.data(), static_cast<int>(inputs.size()));
  Napi::Array list = Napi::Array::New(info.Env(), inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) list.Set(i, Live()->RefOf(info.Env(), inputs[i].oper, inputs[i].index));
  return list;
}

Napi::Value Graph::OpControlInputs(const Napi::CallbackInfo& info) {
  TF_Operation* operation = OperationAt(info);
  std::vector<TF_Operation*> controls(tf.OperationNumControlInputs(operation));
  tf.OperationGetControlInputs(operation, controls.data(), static_cast<int>(controls.size()));
  Napi::Array list = Napi::Array::New(info.Env(), controls.size());
  for (size_t i = 0; i < controls.size(); ++i) list.Set(i, static_cast<double>(Live()->IdOf(controls[i])));
  return list;
}

Napi::Value Graph::OpNumOutputs(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), tf.OperationNumOutputs(OperationAt(info)));
}

Napi::Value Graph::OpInputListLength(const Napi::CallbackInfo& info) {
  const Status status;
  const int length = tf.OperationInputListLength(OperationAt(info), Text(info[1], "argName").c_str(), status.get());
  status.Check();
  return Napi::Number::New(info.Env(), length);
}

Napi::Value Graph::OpOutputListLength(const Napi::CallbackInfo& info) {
  const Status status;
  const int length = tf.OperationOutputListLength(OperationAt(info), Text(info[1], "argName").c_str(), status.get());
  status.Check();
  return Napi::Number::New(info.Env(), length);
}

Napi::Value Graph::OpAttr(const Napi::CallbackInfo& info) {
  TF_Operation* operation = OperationAt(info);
  const std::string name = Text(info[1], "name");
  return Serialized(info.Env(), [&](TF_Buffer* buffer, TF_Status* status) {
    tf.OperationGetAttrValueProto(operation, name.c_str(), buffer, status);
  });
}

Napi::Value Graph::OpNodeDef(const Napi::CallbackInfo& info) {
  TF_Operation* operation = OperationAt(info);
  return Serialized(info.Env(),
                    [&](TF_Buffer* buffer, TF_Status* status) { tf.OperationToNodeDef(operation, buffer, status); });
}

Napi::Value Graph::OutputType(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), tf.OperationOutputType(OutputAt(info)));
}

Napi::Value Graph::OutputShape(const Napi::CallbackInfo& info) {
  const TF_Output output = OutputAt(info);
  const Status status;
  const int rank = tf.GraphGetTensorNumDims(Live()->get(), output, status.get());
  status.Check();
  if (rank < 0) return info.Env().Null();
  Shape shape(rank);
  tf.GraphGetTensorShape(Live()->get(), output, shape.data(), rank, status.get());
  status.Check();
  return ToJs(info.Env(), shape);
}

Napi::Value Graph::SetOutputShape(const Napi::CallbackInfo& info) {
  const TF_Output output = OutputAt(info);
  const Shape shape = Dimensions(info[2], -1, "shape");
  const Status status;
  tf.GraphSetTensorShape(Live()->get(), output, shape.data(), static_cast<int>(shape.size()), status.get());
  status.Check();
  return info.Env().Undefined();
}

Napi::Value Graph::Consumers(const Napi::CallbackInfo& info) {
  const TF_Output output = OutputAt(info);
  std::vector<TF_Input> consumers(tf.OperationOutputNumConsumers(output));
  tf.OperationOutputConsumers(output, consumers.data(), static_cast<int>(consumers.size()));
  Napi::Array list = Napi::Array::New(info.Env(), consumers.size());
  for (size_t i = 0; i < consumers.size(); ++i) {
    list.Set(i, Live()->RefOf(info.Env(), consumers[i].oper, consumers[i].index));
  }
  return list;
}

Napi::Value Graph::ToGraphDef(const Napi::CallbackInfo& info) {
  const GraphState& graph = *Live();
  return Serialized(info.Env(),
                    [&](TF_Buffer* buffer, TF_Status* status) { tf.GraphToGraphDef(graph.get(), buffer, status); });
}

Napi::Value Graph::ImportGraphDef(const Napi::CallbackInfo& info) {
  GraphState& graph = *Live();
  const Bytes bytes = View(info[0], "bytes");
  const ImportOptionsPtr options = ReadImportOptions(graph, info[1]);
  const BufferPtr definition = BufferOf(bytes);
  const Status status;
  const ImportResultsPtr results(
      tf.GraphImportGraphDefWithResults(graph.get(), definition.get(), options.get(), status.get()));
  graph.Sync();
  status.Check();
  int count = 0;
  TF_Output* outputs = nullptr;
  tf.ImportGraphDefResultsReturnOutputs(results.get(), &count, &outputs);
  Napi::Array list = Napi::Array::New(info.Env(), count);
  for (int i = 0; i < count; ++i) list.Set(i, graph.RefOf(info.Env(), outputs[i].oper, outputs[i].index));
  return list;
}

Napi::Value Graph::AddGradients(const Napi::CallbackInfo& info) {
  GraphState& graph = *Live();
  const std::string prefix = Text(info[0], "prefix");
  std::vector<TF_Output> ys = graph.Outputs(info[1], "ys");
  std::vector<TF_Output> xs = graph.Outputs(info[2], "xs");
  std::vector<TF_Output> dys = IsMissing(info[3]) ? std::vector<TF_Output>() : graph.Outputs(info[3], "dys");
  if (!IsMissing(info[3]) && dys.size() != ys.size()) BadArgument("dys", "as long as ys", info[3]);
  std::vector<TF_Output> gradients(xs.size());
  const Status status;
  tf.AddGradientsWithPrefix(graph.get(), prefix.c_str(), ys.data(), static_cast<int>(ys.size()), xs.data(),
                            static_cast<int>(xs.size()), dys.empty() ? nullptr : dys.data(), status.get(),
                            gradients.data());
  graph.Sync();
  status.Check();
  Napi::Array list = Napi::Array::New(info.Env(), gradients.size());
  for (size_t i = 0; i < gradients.size(); ++i) {
    const TF_Output gradient = gradients[i];
    list.Set(i, gradient.oper == nullptr ? info.Env().Null() : graph.RefOf(info.Env(), gradient.oper, gradient.index));
  }
  return list;
}

Napi::Value Graph::ToFunction(const Napi::CallbackInfo& info) { return Function::FromGraph(*Live(), info); }

Napi::Value Graph::CopyFunction(const Napi::CallbackInfo& info) {
  const Function& function = Unwrap<Function>(info[0], "fn");
  TF_Function* gradient = IsMissing(info[1]) ? nullptr : Unwrap<Function>(info[1], "gradient").get();
  const Status status;
  tf.GraphCopyFunction(Live()->get(), function.get(), gradient, status.get());
  status.Check();
  return info.Env().Undefined();
}

Napi::Value Graph::Functions(const Napi::CallbackInfo& info) { return Function::AllOf(info.Env(), *Live()); }

}  // namespace tensorflow_node
