// The bare C API: `session_run_side GRAPH FEED FETCH CALLS LIBRARY…` loads a GraphDef, warms up, then times CALLS calls
// of TF_SessionRun for each line `run`.
#include <dlfcn.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "tensorflow/c/c_api.h"

namespace {

constexpr int kWarmUp = 1000;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

void* library = nullptr;

void Open(int count, char** files) {
  for (int i = 0; i < count; i++) {
    library = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) Fail(dlerror());
  }
}

template <typename F>
F* Find(const char* name) {
  void* found = dlsym(library, name);
  if (found == nullptr) Fail(std::string(name) + " is not in the library");
  return reinterpret_cast<F*>(found);
}

#define TF(name) Find<decltype(TF_##name)>("TF_" #name)

struct Status {
  TF_Status* const value = TF(NewStatus)();
  void Check() const {
    if (TF(GetCode)(value) != TF_OK) Fail(TF(Message)(value));
  }
};

TF_Graph* Load(const char* file, const Status& status) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  TF_Graph* const graph = TF(NewGraph)();
  TF(GraphImportGraphDef)(graph, TF(NewBufferFromString)(bytes.data(), bytes.size()), TF(NewImportGraphDefOptions)(),
                          status.value);
  status.Check();
  return graph;
}

TF_Output Output(TF_Graph* graph, const char* name) {
  TF_Operation* const op = TF(GraphOperationByName)(graph, name);
  if (op == nullptr) Fail(std::string("the graph has no operation ") + name);
  return {op, 0};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) Fail("session_run_side GRAPH FEED FETCH CALLS LIBRARY…");
  const int calls = std::atoi(argv[4]);
  Open(argc - 5, argv + 5);
  const Status status;
  TF_Graph* const graph = Load(argv[1], status);
  const TF_Output feed = Output(graph, argv[2]);
  const TF_Output fetch = Output(graph, argv[3]);
  TF_Session* const session = TF(NewSession)(graph, TF(NewSessionOptions)(), status.value);
  status.Check();
  const int64_t length = 1;
  TF_Tensor* const input = TF(AllocateTensor)(TF_FLOAT, &length, 1, sizeof(float));
  *static_cast<float*>(TF(TensorData)(input)) = 1;

  auto* const run = TF(SessionRun);
  auto* const release = TF(DeleteTensor);
  const auto measure = [&](int times) {
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < times; i++) {
      TF_Tensor* output = nullptr;
      run(session, nullptr, &feed, &input, 1, &fetch, &output, 1, nullptr, 0, nullptr, status.value);
      status.Check();
      release(output);
    }
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
  };
  measure(kWarmUp);
  std::printf("{\"ready\": {\"TF_SessionRun\": \"%s\"}}\n", TF(Version)());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    if (line != "run") continue;
    std::printf("{\"ms\": %f}\n", measure(calls));
    std::fflush(stdout);
  }
}
