#include "import.h"

#include <limits>
#include <string>

#include "arguments.h"

namespace tensorflow_node {
namespace {

constexpr int64_t kAnyIndex = std::numeric_limits<int>::max();

void ReadInputMap(TF_ImportGraphDefOptions* options, const GraphState& graph, const Napi::Value& value) {
  const Napi::Array entries = List(value, "inputMap");
  for (uint32_t i = 0; i < entries.Length(); ++i) {
    const std::string what = "inputMap[" + std::to_string(i) + "]";
    const Napi::Array entry = List(entries.Get(i), what);
    const std::string name = Text(entry.Get(0u), what + "[0]");
    const auto index = static_cast<int>(Index(entry.Get(1u), kAnyIndex, what + "[1]"));
    tf.ImportGraphDefOptionsAddInputMapping(options, name.c_str(), index, graph.Output(entry.Get(2u), what + "[2]"));
  }
}

void ReadReturnOutputs(TF_ImportGraphDefOptions* options, const Napi::Value& value) {
  const Napi::Array entries = List(value, "returnOutputs");
  for (uint32_t i = 0; i < entries.Length(); ++i) {
    const std::string what = "returnOutputs[" + std::to_string(i) + "]";
    const Napi::Array entry = List(entries.Get(i), what);
    const std::string name = Text(entry.Get(0u), what + "[0]");
    const auto index = static_cast<int>(Index(entry.Get(1u), kAnyIndex, what + "[1]"));
    tf.ImportGraphDefOptionsAddReturnOutput(options, name.c_str(), index);
  }
}

}  // namespace

ImportOptionsPtr ReadImportOptions(const GraphState& graph, const Napi::Value& value) {
  ImportOptionsPtr options(tf.NewImportGraphDefOptions());
  if (IsMissing(value)) return options;
  const Napi::Object record = Record(value, "options");
  const Napi::Value prefix = record.Get("prefix");
  const Napi::Value inputMap = record.Get("inputMap");
  const Napi::Value returnOutputs = record.Get("returnOutputs");
  const Napi::Value controls = record.Get("controlDependencies");
  const Napi::Value uniquify = record.Get("uniquifyNames");
  if (!IsMissing(prefix)) tf.ImportGraphDefOptionsSetPrefix(options.get(), Text(prefix, "prefix").c_str());
  if (!IsMissing(inputMap)) ReadInputMap(options.get(), graph, inputMap);
  if (!IsMissing(returnOutputs)) ReadReturnOutputs(options.get(), returnOutputs);
  if (!IsMissing(controls)) {
    for (TF_Operation* operation : graph.Operations(controls, "controlDependencies")) {
      tf.ImportGraphDefOptionsAddControlDependency(options.get(), operation);
    }
  }
  if (!IsMissing(uniquify)) tf.ImportGraphDefOptionsSetUniquifyNames(options.get(), Boolean(uniquify, "uniquifyNames"));
  return options;
}

}  // namespace tensorflow_node
