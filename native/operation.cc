#include "operation.h"

#include "arguments.h"
#include "attribute.h"
#include "status.h"

namespace tensorflow_node {
namespace {

// The C API frees a description only by finishing it: two values for one attribute make that fail without effect.
void Discard(TF_OperationDescription* description) {
  const Status ignored;
  tf.SetAttrBool(description, "_discarded", 0);
  tf.SetAttrBool(description, "_discarded", 1);
  tf.FinishOperation(description, ignored.get());
}

InputArgument ReadInput(const GraphState& graph, const Napi::Value& value, const std::string& what) {
  const Napi::Array list = List(value, what);
  const bool isList = list.Length() == 0 || list.Get(0u).IsArray();
  if (isList) return {true, graph.Outputs(value, what)};
  return {false, {graph.Output(value, what)}};
}

AttrSetter ReadAttr(const Napi::Value& value, const std::string& what) {
  const Napi::Array entry = List(value, what);
  const std::string name = Text(entry.Get(0u), what + "[0]");
  return AttrOf(name, Text(entry.Get(1u), what + "[1]"), entry.Get(2u));
}

}  // namespace

OperationDescription ReadDescription(const GraphState& graph, const Napi::Value& value) {
  const Napi::Object record = Record(value, "description");
  const Napi::Value device = record.Get("device");
  OperationDescription description;
  description.type = Text(record.Get("type"), "type");
  description.name = Text(record.Get("name"), "name");
  if (!IsMissing(device)) description.device = Text(device, "device");
  description.inputs = ListOf<InputArgument>(
      record.Get("inputs"), "inputs",
      [&graph](const Napi::Value& item, const std::string& what) { return ReadInput(graph, item, what); });
  description.controls = graph.Operations(record.Get("controls"), "controls");
  description.attrs = ListOf<AttrSetter>(record.Get("attrs"), "attrs", ReadAttr);
  return description;
}

TF_Operation* AddTo(const GraphState& graph, const OperationDescription& source) {
  TF_OperationDescription* description = tf.NewOperation(graph.get(), source.type.c_str(), source.name.c_str());
  for (const InputArgument& input : source.inputs) {
    if (input.isList) {
      tf.AddInputList(description, input.outputs.data(), static_cast<int>(input.outputs.size()));
    } else {
      tf.AddInput(description, input.outputs.front());
    }
  }
  for (TF_Operation* control : source.controls) tf.AddControlInput(description, control);
  if (!source.device.empty()) tf.SetDevice(description, source.device.c_str());
  try {
    for (const AttrSetter& set : source.attrs) set(description);
  } catch (...) {
    Discard(description);
    throw;
  }
  const Status status;
  TF_Operation* operation = tf.FinishOperation(description, status.get());
  status.Check();
  return operation;
}

}  // namespace tensorflow_node
