#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tensorflow/c/c_api.h"

namespace tensorflow_node {

// The functions of the C API that the addon calls, without their prefix `TF_`.
#define TENSORFLOW_FUNCTIONS(X)                                                                               \
  X(Version)                                                                                                  \
  X(GetAllOpList) X(GetAllRegisteredKernels) X(LoadLibrary) X(GetOpList) X(DeleteLibraryHandle)               \
  X(NewStatus) X(DeleteStatus) X(GetCode) X(Message)                                                          \
  X(NewBuffer) X(NewBufferFromString) X(DeleteBuffer)                                                         \
  X(DataTypeSize) X(NewTensor) X(AllocateTensor) X(DeleteTensor) X(TensorMaybeMove) X(TensorBitcastFrom)      \
  X(TensorType) X(NumDims) X(Dim) X(TensorByteSize) X(TensorData) X(TensorElementCount)                       \
  X(StringInit) X(StringCopy) X(StringDealloc) X(StringGetDataPointer) X(StringGetSize)                       \
  X(NewGraph) X(DeleteGraph) X(GraphNextOperation) X(GraphOperationByName) X(GraphToGraphDef)                 \
  X(GraphSetTensorShape) X(GraphGetTensorNumDims) X(GraphGetTensorShape) X(AddGradientsWithPrefix)            \
  X(NewImportGraphDefOptions) X(DeleteImportGraphDefOptions) X(ImportGraphDefOptionsSetPrefix)                \
  X(ImportGraphDefOptionsSetUniquifyNames) X(ImportGraphDefOptionsAddInputMapping)                            \
  X(ImportGraphDefOptionsAddControlDependency) X(ImportGraphDefOptionsAddReturnOutput)                        \
  X(GraphImportGraphDefWithResults) X(ImportGraphDefResultsReturnOutputs) X(DeleteImportGraphDefResults)      \
  X(NewOperation) X(FinishOperation) X(SetDevice) X(AddInput) X(AddInputList) X(AddControlInput)              \
  X(SetAttrString) X(SetAttrStringList) X(SetAttrInt) X(SetAttrIntList) X(SetAttrFloat) X(SetAttrFloatList)   \
  X(SetAttrBool) X(SetAttrBoolList) X(SetAttrType) X(SetAttrTypeList) X(SetAttrShape) X(SetAttrShapeList)     \
  X(SetAttrTensor) X(SetAttrTensorList) X(SetAttrFuncName) X(SetAttrValueProto)                               \
  X(OperationName) X(OperationOpType) X(OperationDevice) X(OperationNumOutputs) X(OperationOutputType)        \
  X(OperationInputListLength) X(OperationOutputListLength) X(OperationNumInputs) X(OperationAllInputs)        \
  X(OperationNumControlInputs) X(OperationGetControlInputs) X(OperationOutputNumConsumers)                    \
  X(OperationOutputConsumers) X(OperationGetAttrValueProto) X(OperationToNodeDef)                             \
  X(GraphToFunctionWithControlOutputs) X(GraphCopyFunction) X(GraphNumFunctions) X(GraphGetFunctions)         \
  X(FunctionName) X(FunctionToFunctionDef) X(FunctionSetAttrValueProto) X(DeleteFunction)                     \
  X(NewSessionOptions) X(DeleteSessionOptions) X(SetConfig) X(SetTarget)                                      \
  X(NewSession) X(CloseSession) X(DeleteSession) X(SessionRun) X(LoadSessionFromSavedModel)                   \
  X(SessionListDevices) X(DeleteDeviceList) X(DeviceListCount) X(DeviceListName) X(DeviceListType)            \
  X(DeviceListMemoryBytes)

struct Functions {
#define TENSORFLOW_DECLARE(name) decltype(&TF_##name) name = nullptr;
  TENSORFLOW_FUNCTIONS(TENSORFLOW_DECLARE)
#undef TENSORFLOW_DECLARE
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
