#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tensorflow_node {

// Borrowed bytes of a JavaScript view: valid until JavaScript runs again.
struct Bytes {
  const uint8_t* data = nullptr;
  size_t length = 0;
};

using Shape = std::vector<int64_t>;

// Each reads one argument and throws Failure ERR_ARGUMENT naming `what` when it is something else.
[[noreturn]] void BadArgument(const std::string& what, const std::string& expected, const Napi::Value& got);
Napi::Array List(const Napi::Value& value, const std::string& what);
Napi::Object Record(const Napi::Value& value, const std::string& what);
// Text without NUL characters: it goes through C strings.
std::string Text(const Napi::Value& value, const std::string& what);
std::string TextOrBytes(const Napi::Value& value, const std::string& what);
int64_t Integer(const Napi::Value& value, const std::string& what);
// An integer in 0 … limit − 1.
int64_t Index(const Napi::Value& value, int64_t limit, const std::string& what);
double Number(const Napi::Value& value, const std::string& what);
bool Boolean(const Napi::Value& value, const std::string& what);
Bytes View(const Napi::Value& value, const std::string& what);
// Copies the bytes; empty for undefined.
std::string OptionalBytes(const Napi::Value& value, const std::string& what);
// Dimensions of at least `smallest` (-1 where unknown dimensions are allowed).
Shape Dimensions(const Napi::Value& value, int64_t smallest, const std::string& what);
bool IsMissing(const Napi::Value& value);

Napi::Array ToJs(Napi::Env env, const Shape& shape);
Napi::Uint8Array ToJs(Napi::Env env, const void* data, size_t length);

template <typename T, typename Read>
std::vector<T> ListOf(const Napi::Value& value, const std::string& what, Read read) {
  const Napi::Array list = List(value, what);
  std::vector<T> items;
  items.reserve(list.Length());
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::HandleScope scope(value.Env());
    items.push_back(read(list.Get(i), what + "[" + std::to_string(i) + "]"));
  }
  return items;
}

}  // namespace tensorflow_node
