#include "function.h"

#include <string>
#include <vector>

#include "arguments.h"
#include "buffer.h"
#include "object.h"

namespace tensorflow_node {

void Function::Define(Napi::Env env) {
  DefineClass<Function>(env, {
                                 GetterOf<Function, &Function::Name>("name"),
                                 MethodOf<Function, &Function::ToFunctionDef>("toFunctionDef"),
                                 MethodOf<Function, &Function::SetAttr>("setAttr"),
                             });
}

Napi::Value Function::FromGraph(const GraphState& body, const Napi::CallbackInfo& info) {
  const std::string name = Text(info[0], "name");
  const bool all = IsMissing(info[1]);
  const auto operations = all ? std::vector<TF_Operation*>() : body.Operations(info[1], "body");
  const std::vector<TF_Output> inputs = body.Outputs(info[2], "inputs");
  const std::vector<TF_Output> outputs = body.Outputs(info[3], "outputs");
  const bool named = !IsMissing(info[4]);
  const auto names = named ? ListOf<std::string>(info[4], "outputNames", Text) : std::vector<std::string>();
  if (named && names.size() != outputs.size()) BadArgument("outputNames", "as long as outputs", info[4]);
  const std::vector<TF_Operation*> controls = body.Operations(info[5], "controlOutputs");
  const bool appendHash = Boolean(info[6], "appendHash");

  std::vector<const char*> namePointers;
  for (const std::string& item : names) namePointers.push_back(item.c_str());
  const Status status;
  FunctionPtr function(tf.GraphToFunctionWithControlOutputs(
      body.get(), name.c_str(), appendHash, all ? -1 : static_cast<int>(operations.size()), operations.data(),
      static_cast<int>(inputs.size()), inputs.data(), static_cast<int>(outputs.size()), outputs.data(),
      named ? namePointers.data() : nullptr, static_cast<int>(controls.size()), controls.data(), nullptr, nullptr,
      nullptr, status.get()));
  status.Check();
  return Wrap(info.Env(), std::make_unique<Function>(std::move(function)));
}

Napi::Value Function::AllOf(Napi::Env env, const GraphState& graph) {
  std::vector<TF_Function*> raw(tf.GraphNumFunctions(graph.get()));
  const Status status;
  const int count = tf.GraphGetFunctions(graph.get(), raw.data(), static_cast<int>(raw.size()), status.get());
  std::vector<FunctionPtr> functions;
  for (int i = 0; i < count; ++i) functions.emplace_back(raw[i]);
  status.Check();
  Napi::Array list = Napi::Array::New(env, functions.size());
  for (size_t i = 0; i < functions.size(); ++i) {
    list.Set(i, Wrap(env, std::make_unique<Function>(std::move(functions[i]))));
  }
  return list;
}

Napi::Value Function::Name(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), tf.FunctionName(get()));
}

Napi::Value Function::ToFunctionDef(const Napi::CallbackInfo& info) {
  return Serialized(info.Env(),
                    [this](TF_Buffer* buffer, TF_Status* status) { tf.FunctionToFunctionDef(get(), buffer, status); });
}

Napi::Value Function::SetAttr(const Napi::CallbackInfo& info) {
  const std::string name = Text(info[0], "name");
  const Bytes proto = View(info[1], "attrValueProto");
  const Status status;
  tf.FunctionSetAttrValueProto(get(), name.c_str(), proto.data, proto.length, status.get());
  status.Check();
  return info.Env().Undefined();
}

}  // namespace tensorflow_node
