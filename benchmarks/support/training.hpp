// A network with its trainer and its data, ready to be timed. What trains is compiled once for each network (training_of.hpp),
// and linked into every program that trains.
#pragma once
#include <cstddef>
#include <memory>

struct Epoch {
    double samples_per_second, loss;
};

class Training {
public:
    virtual ~Training() = default;
    // Trains on all of the data, in a new order, and takes the mean of the losses before each step.
    virtual Epoch epoch() = 0;

    std::size_t batch = 0;
    double flops = 0;  // of a sample: twice the multiply-adds of matrix products and convolutions, by live samples and real taps, without the
                       // gradient of the network's input
};

// With 0 shards as many as the library takes by itself.
template <class Network> std::unique_ptr<Training> training_of(std::size_t threads, std::size_t shards = 0);
