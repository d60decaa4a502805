#pragma once

#include <napi.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <vector>

#include "status.h"

namespace tensorflow_node {

// Plain C++ work for a thread of the Runner, and what becomes of its result on the JavaScript thread.
class Job {
 public:
  virtual ~Job() = default;
  // Thread: one of the Runner. No N-API call here. What it throws is kept in `failure`.
  virtual void Execute() = 0;
  // Thread: JavaScript.
  virtual void Settle(Napi::Env env) = 0;
  // Thread: any, while Execute runs: make it return soon.
  virtual void Cancel() {}

  std::optional<Failure> failure;
};

// A job that ends in a promise.
class PromiseJob : public Job {
 public:
  explicit PromiseJob(Napi::Env env) : deferred_(Napi::Promise::Deferred::New(env)), promise_(deferred_.Promise()) {}
  // Valid in the handle scope of the constructor only.
  Napi::Promise promise() const { return promise_; }
  void Settle(Napi::Env env) override;

 protected:
  virtual Napi::Value Result(Napi::Env env) = 0;

 private:
  Napi::Promise::Deferred deferred_;
  Napi::Promise promise_;
};

enum class Lane { kOrdinary, kUrgent };

// The threads of one environment. A thread is added when none is idle, since a run may block for long.
class Runner {
 public:
  explicit Runner(Napi::Env env);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // Urgent jobs overtake the others and do not wait for a free thread. Thread: JavaScript.
  void Start(Napi::Env env, std::unique_ptr<Job> job, Lane lane = Lane::kOrdinary);
  // Drops what waits, cancels what runs, joins the threads. Idempotent. Thread: any but the Runner's own.
  void Stop() noexcept;

 private:
  void Work();
  // Waits a moment for the next job without sleeping. Why: waking a thread takes longer than a small run.
  void Linger(std::unique_lock<std::mutex>& lock);
  void Run(Job& job) noexcept;
  void AddThread();
  static void Drain(Napi::Env env, Napi::Function, Runner* runner, void*);

  using Wakeup = Napi::TypedThreadSafeFunction<Runner, void, &Runner::Drain>;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::unique_ptr<Job>> waiting_;
  std::unordered_set<Job*> running_;
  std::vector<std::unique_ptr<Job>> finished_;
  std::vector<std::thread> threads_;
  // Whether something waits, for the thread that lingers without the lock.
  std::atomic<bool> hasWork_ = false;
  bool lingering_ = false;
  size_t idle_ = 0;
  bool stopping_ = false;
  // Jobs started and not yet settled; the event loop stays alive while there are any. Thread: JavaScript.
  size_t unsettled_ = 0;
  Wakeup wakeup_;
};

}  // namespace tensorflow_node
