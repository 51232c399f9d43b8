// The part of ONNX Runtime's C API that onnxruntime.cpp calls. Packages of the library for Node.js bring no header; the order of the
// functions in its table is the same in all versions; new ones are added at the end.
#pragma once
#include <cstddef>
#include <cstdint>

namespace onnxruntime {

struct Status;
struct Environment;
struct SessionOptions;
struct Session;
struct RunOptions;
struct MemoryInfo;
struct Value;

using Unused = void (*)();

struct Api {
    Unused create_status, get_error_code;
    const char* (*get_error_message)(const Status*);
    Status* (*create_environment)(int log_level, const char* log_id, Environment**);
    Unused unused_4_to_6[3];
    Status* (*create_session)(const Environment*, const char* path, const SessionOptions*, Session**);
    Unused create_session_from_array;
    Status* (*run)(Session*, const RunOptions*, const char* const* input_names, const Value* const* inputs, std::size_t input_count,
                   const char* const* output_names, std::size_t output_count, Value** outputs);
    Status* (*create_session_options)(SessionOptions**);
    Unused unused_11_to_22[12];
    Status* (*set_graph_optimization_level)(SessionOptions*, int level);
    Status* (*set_intra_op_threads)(SessionOptions*, int threads);
    Unused unused_25_to_48[24];
    Status* (*create_tensor_with_data)(const MemoryInfo*, void* data, std::size_t bytes, const std::int64_t* shape, std::size_t rank, int type, Value**);
    Unused unused_50_to_68[19];
    Status* (*create_cpu_memory_info)(int allocator, int memory, MemoryInfo**);
};
static_assert(offsetof(Api, create_cpu_memory_info) == 69 * sizeof(Unused));

struct ApiBase {
    const Api* (*get_api)(std::uint32_t version);
    const char* (*get_version)();
};

constexpr int warnings = 2, every_optimisation = 99, float_numbers = 1, device_allocator = 0, default_memory = 0;

}  // namespace onnxruntime

extern "C" const onnxruntime::ApiBase* OrtGetApiBase() noexcept;
