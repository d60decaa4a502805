#include "attribute.h"

#include <limits>
#include <vector>

#include "arguments.h"
#include "object.h"
#include "status.h"
#include "tensor.h"

namespace tensorflow_node {
namespace {

// A shape whose rank may be unknown.
struct PartialShape {
  bool known = false;
  Shape dimensions;
  int rank() const { return known ? static_cast<int>(dimensions.size()) : -1; }
};

TF_DataType ReadType(const Napi::Value& value, const std::string& what) {
  return static_cast<TF_DataType>(Index(value, std::numeric_limits<int32_t>::max(), what));
}

float ReadFloat(const Napi::Value& value, const std::string& what) { return static_cast<float>(Number(value, what)); }

unsigned char ReadBool(const Napi::Value& value, const std::string& what) { return Boolean(value, what) ? 1 : 0; }

PartialShape ReadShape(const Napi::Value& value, const std::string& what) {
  if (value.IsNull()) return {};
  return {true, Dimensions(value, -1, what)};
}

SharedTensor ReadTensor(const Napi::Value& value, const std::string& what) {
  return Unwrap<Tensor>(value, what).Live();
}

// The list kinds, from read values to the arrays the C API takes.

AttrSetter StringList(const std::string& name, const Napi::Value& value) {
  return [name, values = ListOf<std::string>(value, name, TextOrBytes)](TF_OperationDescription* description) {
    std::vector<const void*> pointers;
    std::vector<size_t> lengths;
    for (const std::string& item : values) {
      pointers.push_back(item.data());
      lengths.push_back(item.size());
    }
    tf.SetAttrStringList(description, name.c_str(), pointers.data(), lengths.data(), static_cast<int>(values.size()));
  };
}

AttrSetter ShapeList(const std::string& name, const Napi::Value& value) {
  return [name, shapes = ListOf<PartialShape>(value, name, ReadShape)](TF_OperationDescription* description) {
    std::vector<const int64_t*> pointers;
    std::vector<int> ranks;
    for (const PartialShape& shape : shapes) {
      pointers.push_back(shape.dimensions.data());
      ranks.push_back(shape.rank());
    }
    tf.SetAttrShapeList(description, name.c_str(), pointers.data(), ranks.data(), static_cast<int>(shapes.size()));
  };
}

AttrSetter TensorList(const std::string& name, const Napi::Value& value) {
  return [name, tensors = ListOf<SharedTensor>(value, name, ReadTensor)](TF_OperationDescription* description) {
    std::vector<TF_Tensor*> pointers;
    for (const SharedTensor& tensor : tensors) pointers.push_back(tensor.get());
    const Status status;
    tf.SetAttrTensorList(description, name.c_str(), pointers.data(), static_cast<int>(pointers.size()), status.get());
    status.Check();
  };
}

template <auto Set, typename T>
AttrSetter PlainList(const std::string& name, std::vector<T> values) {
  return [name, values = std::move(values)](TF_OperationDescription* description) {
    (tf.*Set)(description, name.c_str(), values.data(), static_cast<int>(values.size()));
  };
}

// The single kinds.

AttrSetter String(const std::string& name, const Napi::Value& value) {
  return [name, text = TextOrBytes(value, name)](TF_OperationDescription* description) {
    tf.SetAttrString(description, name.c_str(), text.data(), text.size());
  };
}

AttrSetter ShapeValue(const std::string& name, const Napi::Value& value) {
  return [name, shape = ReadShape(value, name)](TF_OperationDescription* description) {
    tf.SetAttrShape(description, name.c_str(), shape.dimensions.data(), shape.rank());
  };
}

AttrSetter TensorValue(const std::string& name, const Napi::Value& value) {
  return [name, tensor = ReadTensor(value, name)](TF_OperationDescription* description) {
    const Status status;
    tf.SetAttrTensor(description, name.c_str(), tensor.get(), status.get());
    status.Check();
  };
}

AttrSetter FunctionName(const std::string& name, const Napi::Value& value) {
  return [name, function = Text(value, name)](TF_OperationDescription* description) {
    tf.SetAttrFuncName(description, name.c_str(), function.data(), function.size());
  };
}

AttrSetter Proto(const std::string& name, const Napi::Value& value) {
  return [name, bytes = TextOrBytes(value, name)](TF_OperationDescription* description) {
    const Status status;
    tf.SetAttrValueProto(description, name.c_str(), bytes.data(), bytes.size(), status.get());
    status.Check();
  };
}

template <auto Set, typename T>
AttrSetter Plain(const std::string& name, T value) {
  return [name, value](TF_OperationDescription* description) { (tf.*Set)(description, name.c_str(), value); };
}

struct Kind {
  const char* name;
  AttrSetter (*read)(const std::string& name, const Napi::Value& value);
};

using Name = const std::string&;
using Value = const Napi::Value&;

const Kind kKinds[] = {
    {"string", String},
    {"int", [](Name name, Value value) { return Plain<&Functions::SetAttrInt>(name, Integer(value, name)); }},
    {"float", [](Name name, Value value) { return Plain<&Functions::SetAttrFloat>(name, ReadFloat(value, name)); }},
    {"bool", [](Name name, Value value) { return Plain<&Functions::SetAttrBool>(name, ReadBool(value, name)); }},
    {"type", [](Name name, Value value) { return Plain<&Functions::SetAttrType>(name, ReadType(value, name)); }},
    {"shape", ShapeValue},
    {"tensor", TensorValue},
    {"func", FunctionName},
    {"proto", Proto},
    {"list(string)", StringList},
    {"list(int)",
     [](Name name, Value value) {
       return PlainList<&Functions::SetAttrIntList>(name, ListOf<int64_t>(value, name, Integer));
     }},
    {"list(float)",
     [](Name name, Value value) {
       return PlainList<&Functions::SetAttrFloatList>(name, ListOf<float>(value, name, ReadFloat));
     }},
    {"list(bool)",
     [](Name name, Value value) {
       return PlainList<&Functions::SetAttrBoolList>(name, ListOf<unsigned char>(value, name, ReadBool));
     }},
    {"list(type)",
     [](Name name, Value value) {
       return PlainList<&Functions::SetAttrTypeList>(name, ListOf<TF_DataType>(value, name, ReadType));
     }},
    {"list(shape)", ShapeList},
    {"list(tensor)", TensorList},
};

}  // namespace

AttrSetter AttrOf(const std::string& name, const std::string& kind, const Napi::Value& value) {
  for (const Kind& row : kKinds) {
    if (kind == row.name) return row.read(name, value);
  }
  throw Failure("ERR_ARGUMENT", "attribute " + name + " is of the unknown kind '" + kind + "'.");
}

}  // namespace tensorflow_node
