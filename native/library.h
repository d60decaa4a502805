#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tensorflow/c/c_api.h"

namespace tensorflow_node {

// Why a table and not linking: one addon serves every build of the library, and a missing library is an error, not a
// crash.
struct Functions {
#define FUNCTION(name) decltype(&TF_##name) name = nullptr;
#include "functions.inc"
#undef FUNCTION
};

// Thread: written once inside OpenLibrary; every environment passes through OpenLibrary before it reads.
extern Functions tf;

// Opens the libraries in order and fills `tf`. Idempotent. Thread: any. Throws Failure ERR_LIBRARY.
void OpenLibrary(const std::vector<std::string>& files);

template <auto Delete>
struct Call {
  template <typename T>
  void operator()(T* pointer) const {
    (tf.*Delete)(pointer);
  }
};

using StatusPtr = std::unique_ptr<TF_Status, Call<&Functions::DeleteStatus>>;
using BufferPtr = std::unique_ptr<TF_Buffer, Call<&Functions::DeleteBuffer>>;
using TensorPtr = std::unique_ptr<TF_Tensor, Call<&Functions::DeleteTensor>>;
using GraphPtr = std::unique_ptr<TF_Graph, Call<&Functions::DeleteGraph>>;
using FunctionPtr = std::unique_ptr<TF_Function, Call<&Functions::DeleteFunction>>;
using LibraryPtr = std::unique_ptr<TF_Library, Call<&Functions::DeleteLibraryHandle>>;
using DeviceListPtr = std::unique_ptr<TF_DeviceList, Call<&Functions::DeleteDeviceList>>;
using SessionOptionsPtr = std::unique_ptr<TF_SessionOptions, Call<&Functions::DeleteSessionOptions>>;
using ImportOptionsPtr = std::unique_ptr<TF_ImportGraphDefOptions, Call<&Functions::DeleteImportGraphDefOptions>>;
using ImportResultsPtr = std::unique_ptr<TF_ImportGraphDefResults, Call<&Functions::DeleteImportGraphDefResults>>;

struct DeleteSession {
  void operator()(TF_Session* session) const {
    StatusPtr status(tf.NewStatus());
    tf.DeleteSession(session, status.get());
  }
};
using SessionPtr = std::unique_ptr<TF_Session, DeleteSession>;

}  // namespace tensorflow_node
