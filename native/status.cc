#include "status.h"

#include <new>

#include "environment.h"

namespace tensorflow_node {
namespace {

struct CodeName {
  TF_Code code;
  const char* name;
};

constexpr CodeName kCodeNames[] = {
    {TF_CANCELLED, "TF_CANCELLED"},
    {TF_UNKNOWN, "TF_UNKNOWN"},
    {TF_INVALID_ARGUMENT, "TF_INVALID_ARGUMENT"},
    {TF_DEADLINE_EXCEEDED, "TF_DEADLINE_EXCEEDED"},
    {TF_NOT_FOUND, "TF_NOT_FOUND"},
    {TF_ALREADY_EXISTS, "TF_ALREADY_EXISTS"},
    {TF_PERMISSION_DENIED, "TF_PERMISSION_DENIED"},
    {TF_RESOURCE_EXHAUSTED, "TF_RESOURCE_EXHAUSTED"},
    {TF_FAILED_PRECONDITION, "TF_FAILED_PRECONDITION"},
    {TF_ABORTED, "TF_ABORTED"},
    {TF_OUT_OF_RANGE, "TF_OUT_OF_RANGE"},
    {TF_UNIMPLEMENTED, "TF_UNIMPLEMENTED"},
    {TF_INTERNAL, "TF_INTERNAL"},
    {TF_UNAVAILABLE, "TF_UNAVAILABLE"},
    {TF_DATA_LOSS, "TF_DATA_LOSS"},
    {TF_UNAUTHENTICATED, "TF_UNAUTHENTICATED"},
};

const char* NameOf(TF_Code code) {
  for (const CodeName& row : kCodeNames) {
    if (row.code == code) return row.name;
  }
  return "TF_UNKNOWN";
}

}  // namespace

Napi::Error Failure::ToJs(Napi::Env env) const {
  const Napi::FunctionReference& errorClass = Environment::Of(env).errorClass();
  if (!errorClass.IsEmpty()) {
    return Napi::Error(env, errorClass.New({Napi::String::New(env, code_), Napi::String::New(env, what())}));
  }
  Napi::Error error = Napi::Error::New(env, what());
  error.Set("code", Napi::String::New(env, code_));
  return error;
}

Failure CurrentFailure() {
  try {
    throw;
  } catch (const Napi::Error&) {
    throw;
  } catch (const Failure& failure) {
    return failure;
  } catch (const std::bad_alloc&) {
    return {"TF_RESOURCE_EXHAUSTED", "there is not enough memory for this."};
  } catch (const std::exception& error) {
    return {"TF_INTERNAL", error.what()};
  }
}

void Status::Check() const {
  if (code() != TF_OK) throw Failure(NameOf(code()), tf.Message(get()));
}

}  // namespace tensorflow_node
