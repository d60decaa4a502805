#pragma once

#include <napi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "runner.h"

namespace tensorflow_node {

// Live native objects of one environment. Shared, because finalizers may outlive the Environment.
struct Counters {
  std::atomic<int64_t> tensors{0};
  std::atomic<int64_t> graphs{0};
  std::atomic<int64_t> sessions{0};
  std::atomic<int64_t> running{0};
};

// Counts one object for as long as it lives.
class Tally {
 public:
  using Which = std::atomic<int64_t> Counters::*;
  Tally(std::shared_ptr<Counters> counters, Which which) : counters_(std::move(counters)), which_(which) {
    ++(*counters_.*which_);
  }
  ~Tally() { --(*counters_.*which_); }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

 private:
  const std::shared_ptr<Counters> counters_;
  const Which which_;
};

// What the addon knows per JavaScript environment (main thread or worker). Owner: N-API instance data.
class Environment {
 public:
  explicit Environment(Napi::Env env);
  static Environment& Of(Napi::Env env);

  Runner& runner() { return runner_; }
  const std::shared_ptr<Counters>& counters() const { return counters_; }
  bool externalBuffers() const { return externalBuffers_; }

  bool libraryOpen() const { return libraryOpen_; }
  void MarkLibraryOpen() { libraryOpen_ = true; }

  // The class of all errors from now on, made of a code and a sentence; before, they are plain ones.
  void UseErrorClass(Napi::Function errorClass) { errorClass_ = Napi::Persistent(errorClass); }
  const Napi::FunctionReference& errorClass() const { return errorClass_; }

  void AddClass(const napi_type_tag* tag, Napi::Function constructor);
  Napi::Object NewObject(const napi_type_tag* tag) const;

 private:
  const bool externalBuffers_;
  bool libraryOpen_ = false;
  const std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  Napi::FunctionReference errorClass_;
  std::unordered_map<const napi_type_tag*, Napi::FunctionReference> constructors_;
  Runner runner_;
};

}  // namespace tensorflow_node
