#include "library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

#include "status.h"

namespace tensorflow_node {

Functions tf;

namespace {

// absl::SetMinLogLevel of the pinned libtensorflow; absent elsewhere, where the library's chatter then stays.
constexpr const char* kSetMinLogLevel = "_ZN4absl12lts_2025081414SetMinLogLevelENS0_18LogSeverityAtLeastE";
constexpr int kAbslError = 2;

// Sends stderr to nowhere while it lives. Why: static initialisers of libtensorflow print before any setting can reach
// them.
class QuietStderr {
 public:
  explicit QuietStderr(bool wanted) {
    if (!wanted) return;
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    saved_ = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (saved_ >= 0) dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
  ~QuietStderr() {
    if (saved_ < 0) return;
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;

 private:
  int saved_ = -1;
};

[[noreturn]] void CannotOpen(const std::string& why) { throw Failure("ERR_LIBRARY", why); }

// Why: threads of libtensorflow may call into the addon (deallocators) after the environment that loaded it is gone.
void StayInMemory() {
  Dl_info self;
  if (dladdr(reinterpret_cast<void*>(&StayInMemory), &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
}

// Why lazily: binding the library's 190,000 calls of its own functions beforehand takes 60 ms, and few are ever made.
std::vector<void*> OpenAll(const std::vector<std::string>& files) {
  std::vector<void*> handles;
  for (const std::string& file : files) {
    void* handle = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr) CannotOpen(dlerror());
    handles.push_back(handle);
  }
  return handles;
}

void* Find(const std::vector<void*>& handles, const char* symbol) {
  for (void* handle : handles) {
    if (void* address = dlsym(handle, symbol)) return address;
  }
  return nullptr;
}

template <typename Function>
void Resolve(const std::vector<void*>& handles, const char* symbol, Function& function) {
  function = reinterpret_cast<Function>(Find(handles, symbol));
  if (function == nullptr)
    CannotOpen(std::string("the library has no function ") + symbol + ", which the addon needs.");
}

Functions ResolveAll(const std::vector<void*>& handles) {
  Functions functions;
#define FUNCTION(name) Resolve(handles, "TF_" #name, functions.name);
#include "functions.inc"
#undef FUNCTION
  return functions;
}

void SilenceStartUp(const std::vector<void*>& handles) {
  using SetMinLogLevel = void (*)(int);
  if (auto set = reinterpret_cast<SetMinLogLevel>(Find(handles, kSetMinLogLevel))) set(kAbslError);
}

}  // namespace

void OpenLibrary(const std::vector<std::string>& files) {
  static std::mutex mutex;
  static std::vector<std::string> opened;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!opened.empty()) {
    if (opened == files) return;
    CannotOpen("this process already uses " + opened.back() + "; a second libtensorflow cannot be opened beside it.");
  }
  if (files.empty()) CannotOpen("no library file was given.");
  const bool quiet = std::getenv("TF_CPP_MIN_LOG_LEVEL") == nullptr;
  const QuietStderr silence(quiet);
  const std::vector<void*> handles = OpenAll(files);
  tf = ResolveAll(handles);
  if (quiet) SilenceStartUp(handles);
  StayInMemory();
  opened = files;
}

}  // namespace tensorflow_node
