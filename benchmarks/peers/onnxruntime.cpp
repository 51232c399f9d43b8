// ONNX Runtime: the graphs that models.py exported from PyTorch, with all optimisations, on one thread. Inputs and outputs are tensors
// that are there already.
#include "peers/onnxruntime_api.hpp"
#include "peers/peer.hpp"

namespace {

const onnxruntime::Api& api = *OrtGetApiBase()->get_api(1);

void check(onnxruntime::Status* status) {
    if (status) bench::stop(std::string{"ONNX Runtime: "} + api.get_error_message(status));
}

void predict(bench::Rows& rows, const peer::Request& request, const onnxruntime::Environment* environment, const std::string& model) {
    const std::size_t batch = request.bench == "infer" ? peer::predicted : 1;
    const std::string file = request.models + "/" + model + "_" + std::to_string(batch) + ".onnx";
    if (!std::filesystem::exists(file)) bench::stop(file + " is missing: models.py makes it, with PyTorch", bench::unavailable);

    onnxruntime::SessionOptions* options = nullptr;
    onnxruntime::Session* session = nullptr;
    check(api.create_session_options(&options));
    check(api.set_graph_optimization_level(options, onnxruntime::every_optimisation));
    check(api.set_intra_op_threads(options, 1));
    check(api.create_session(environment, file.c_str(), options, &session));

    onnxruntime::MemoryInfo* memory = nullptr;
    check(api.create_cpu_memory_info(onnxruntime::device_allocator, onnxruntime::default_memory, &memory));
    std::vector<float> x(batch * 784), y(batch * 10);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * 2654435761U % 1000) / 1000;
    const std::int64_t x_shape[] = {static_cast<std::int64_t>(batch), 1, 28, 28}, y_shape[] = {static_cast<std::int64_t>(batch), 10};
    onnxruntime::Value *input = nullptr, *output = nullptr;
    check(api.create_tensor_with_data(memory, x.data(), 4 * x.size(), x_shape, 4, onnxruntime::float_numbers, &input));
    check(api.create_tensor_with_data(memory, y.data(), 4 * y.size(), y_shape, 2, onnxruntime::float_numbers, &output));

    const char *const input_name = "x", *const output_name = "y";
    peer::time_prediction(rows, request, {"onnxruntime", OrtGetApiBase()->get_version()}, model, [&] {
        check(api.run(session, nullptr, &input_name, &input, 1, &output_name, 1, &output));
    });
    if (std::all_of(y.begin(), y.end(), [](float value) { return value == 0; })) bench::stop("ONNX Runtime: " + model + " gave nothing");
}

}  // namespace

int main(int count, char** arguments) {
    const auto request = peer::read_request(count, arguments);
    bench::Rows rows{request};
    onnxruntime::Environment* environment = nullptr;
    check(api.create_environment(onnxruntime::warnings, "kiln", &environment));
    if (request.bench != "train")
        for (const char* model : {"mlp_128_64", "lenet_tanh", "lenet5", "gru_rows", "vit"})
            if (request.wants(model)) predict(rows, request, environment, model);
    rows.write();
    std::fflush(nullptr);
    std::_Exit(0);  // what was created lives as long as the process
}
