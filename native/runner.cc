#include "runner.h"

#include <chrono>
#include <system_error>
#include <utility>

namespace tensorflow_node {
namespace {

constexpr size_t kMaxThreads = 64;

// Long enough for JavaScript to hear of a result and to start the next run with it.
constexpr std::chrono::microseconds kLinger{100};

}  // namespace

void PromiseJob::Settle(Napi::Env env) {
  if (failure) return deferred_.Reject(failure->ToJs(env).Value());
  deferred_.Resolve(Result(env));
}

Runner::Runner(Napi::Env env) : wakeup_(Wakeup::New(env, "libtensorflow-node", 0, 1, this)) { wakeup_.Unref(env); }

Runner::~Runner() { Stop(); }

void Runner::Start(Napi::Env env, std::unique_ptr<Job> job, Lane lane) {
  bool sleeper = true;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) throw Failure("ERR_DISPOSED", "this thread of JavaScript is ending; nothing can be run any more.");
    const bool needsThread = idle_ <= waiting_.size();
    if (needsThread && (lane == Lane::kUrgent || threads_.size() < kMaxThreads)) AddThread();
    if (lane == Lane::kUrgent) {
      waiting_.push_front(std::move(job));
    } else {
      waiting_.push_back(std::move(job));
    }
    hasWork_ = true;
    if (lingering_ && waiting_.size() == 1) sleeper = false;
  }
  if (sleeper) work_.notify_one();
  if (unsettled_++ == 0) wakeup_.Ref(env);
}

void Runner::AddThread() {
  try {
    threads_.emplace_back(&Runner::Work, this);
  } catch (const std::system_error&) {
    if (threads_.empty()) throw Failure("TF_RESOURCE_EXHAUSTED", "the system gives no thread to run on.");
  }
}

void Runner::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    ++idle_;
    if (!lingering_) Linger(lock);
    work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (stopping_) return;
    std::unique_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    hasWork_ = !waiting_.empty();
    running_.insert(job.get());
    lock.unlock();
    Run(*job);
    lock.lock();
    running_.erase(job.get());
    finished_.push_back(std::move(job));
    if (!stopping_) wakeup_.NonBlockingCall();
  }
}

void Runner::Linger(std::unique_lock<std::mutex>& lock) {
  lingering_ = true;
  lock.unlock();
  const auto end = std::chrono::steady_clock::now() + kLinger;
  while (!hasWork_ && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  lock.lock();
  lingering_ = false;
}

void Runner::Run(Job& job) noexcept {
  try {
    job.Execute();
  } catch (...) {
    job.failure = CurrentFailure();
  }
}

void Runner::Drain(Napi::Env env, Napi::Function, Runner* runner, void*) {
  if (static_cast<napi_env>(env) == nullptr) return;
  std::vector<std::unique_ptr<Job>> finished;
  {
    const std::lock_guard<std::mutex> lock(runner->mutex_);
    finished.swap(runner->finished_);
  }
  for (std::unique_ptr<Job>& job : finished) {
    const Napi::HandleScope scope(env);
    try {
      job->Settle(env);
    } catch (...) {
      // Why: settling fails only while the environment is being torn down; no one is left to hear of it.
    }
    job.reset();
    if (--runner->unsettled_ == 0) runner->wakeup_.Unref(env);
  }
}

void Runner::Stop() noexcept {
  std::deque<std::unique_ptr<Job>> dropped;
  std::vector<std::thread> threads;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    dropped.swap(waiting_);
    threads.swap(threads_);
    for (Job* job : running_) job->Cancel();
  }
  work_.notify_all();
  for (std::thread& thread : threads) thread.join();
  finished_.clear();
}

}  // namespace tensorflow_node
