#include "arguments.h"

#include <cmath>
#include <cstring>

#include "status.h"

namespace tensorflow_node {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;

struct ElementSize {
  napi_typedarray_type type;
  size_t bytes;
};

constexpr ElementSize kElementSizes[] = {
    {napi_int8_array, 1},    {napi_uint8_array, 1},    {napi_uint8_clamped_array, 1}, {napi_int16_array, 2},
    {napi_uint16_array, 2},  {napi_int32_array, 4},    {napi_uint32_array, 4},        {napi_float32_array, 4},
    {napi_float64_array, 8}, {napi_bigint64_array, 8}, {napi_biguint64_array, 8},
};

size_t BytesPerElement(napi_typedarray_type type) {
  for (const ElementSize& row : kElementSizes) {
    if (row.type == type) return row.bytes;
  }
  return 0;
}

std::string Describe(const Napi::Value& value) {
  if (value.IsEmpty() || value.IsUndefined()) return "undefined";
  if (value.IsNull()) return "null";
  if (value.IsNumber() || value.IsBoolean() || value.IsBigInt()) return value.ToString().Utf8Value();
  if (value.IsString()) return "a string";
  if (value.IsArray()) return "an array";
  if (value.IsFunction()) return "a function";
  return "another object";
}

}  // namespace

void BadArgument(const std::string& what, const std::string& expected, const Napi::Value& got) {
  throw Failure("ERR_ARGUMENT", what + " is expected to be " + expected + ", got " + Describe(got) + ".");
}

bool IsMissing(const Napi::Value& value) { return value.IsEmpty() || value.IsUndefined() || value.IsNull(); }

Napi::Array List(const Napi::Value& value, const std::string& what) {
  if (!value.IsArray()) BadArgument(what, "an array", value);
  return value.As<Napi::Array>();
}

Napi::Object Record(const Napi::Value& value, const std::string& what) {
  if (!value.IsObject()) BadArgument(what, "an object", value);
  return value.As<Napi::Object>();
}

std::string Text(const Napi::Value& value, const std::string& what) {
  if (!value.IsString()) BadArgument(what, "a string", value);
  std::string text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) BadArgument(what, "a string without NUL characters", value);
  return text;
}

std::string TextOrBytes(const Napi::Value& value, const std::string& what) {
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  if (!value.IsTypedArray()) BadArgument(what, "a string or a Uint8Array", value);
  const Bytes bytes = View(value, what);
  return std::string(reinterpret_cast<const char*>(bytes.data), bytes.length);
}

int64_t Integer(const Napi::Value& value, const std::string& what) {
  if (value.IsBigInt()) {
    bool lossless = false;
    const int64_t integer = value.As<Napi::BigInt>().Int64Value(&lossless);
    if (!lossless) BadArgument(what, "an integer of 64 bits", value);
    return integer;
  }
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  if (std::trunc(number) != number || std::abs(number) > kMaxSafeInteger) BadArgument(what, "an integer", value);
  return static_cast<int64_t>(number);
}

int64_t Index(const Napi::Value& value, int64_t limit, const std::string& what) {
  const int64_t index = Integer(value, what);
  if (index < 0 || index >= limit) BadArgument(what, "an integer from 0 to below " + std::to_string(limit), value);
  return index;
}

double Number(const Napi::Value& value, const std::string& what) {
  if (!value.IsNumber()) BadArgument(what, "a number", value);
  return value.As<Napi::Number>().DoubleValue();
}

bool Boolean(const Napi::Value& value, const std::string& what) {
  if (!value.IsBoolean()) BadArgument(what, "a boolean", value);
  return value.As<Napi::Boolean>().Value();
}

Bytes View(const Napi::Value& value, const std::string& what) {
  void* data = nullptr;
  size_t length = 0;
  if (value.IsTypedArray()) {
    auto type = static_cast<napi_typedarray_type>(-1);
    napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr);
    const size_t size = BytesPerElement(type);
    if (size > 0) return {static_cast<const uint8_t*>(data), length * size};
  } else if (value.IsDataView()) {
    napi_get_dataview_info(value.Env(), value, &length, &data, nullptr, nullptr);
    return {static_cast<const uint8_t*>(data), length};
  }
  BadArgument(what, "a typed array, a Buffer or a DataView", value);
}

std::string OptionalBytes(const Napi::Value& value, const std::string& what) {
  if (IsMissing(value)) return {};
  const Bytes bytes = View(value, what);
  return std::string(reinterpret_cast<const char*>(bytes.data), bytes.length);
}

Shape Dimensions(const Napi::Value& value, int64_t smallest, const std::string& what) {
  return ListOf<int64_t>(value, what, [smallest](const Napi::Value& item, const std::string& name) {
    const int64_t dimension = Integer(item, name);
    if (dimension < smallest) BadArgument(name, "at least " + std::to_string(smallest), item);
    return dimension;
  });
}

Napi::Array ToJs(Napi::Env env, const Shape& shape) {
  Napi::Array array = Napi::Array::New(env, shape.size());
  for (size_t i = 0; i < shape.size(); ++i) array.Set(i, static_cast<double>(shape[i]));
  return array;
}

Napi::Uint8Array ToJs(Napi::Env env, const void* data, size_t length) {
  Napi::Uint8Array bytes = Napi::Uint8Array::New(env, length);
  if (length > 0) std::memcpy(bytes.Data(), data, length);
  return bytes;
}

}  // namespace tensorflow_node
