#pragma once

#include <napi.h>

#include <stdexcept>
#include <string>

#include "library.h"

namespace tensorflow_node {

// An error on its way to JavaScript: a sentence and a stable code.
class Failure : public std::runtime_error {
 public:
  Failure(std::string code, const std::string& message) : std::runtime_error(message), code_(std::move(code)) {}
  const std::string& code() const { return code_; }
  Napi::Error ToJs(Napi::Env env) const;

 private:
  std::string code_;
};

// The failure that stands for the exception being handled. Call it inside a catch block only; a Napi::Error is
// rethrown.
Failure CurrentFailure();

class Status {
 public:
  TF_Status* get() const { return status_.get(); }
  TF_Code code() const { return tf.GetCode(get()); }
  void Check() const;

 private:
  StatusPtr status_{tf.NewStatus()};
};

}  // namespace tensorflow_node
