#!/usr/bin/python3
"""PyTorch's side of examples/RESULTS.md: trains one of the tutorials' networks on MNIST and prints its last test accuracy.

    scripts/results_torch.py NETWORK [--data DIR] [--seed N] [--epochs N] [--threads N]

NETWORK is the letter of examples/README.md. Initialisation, optimiser, batch size, epochs and the inputs' range are those
of the Kiln example of the same letter; the order of the samples is PyTorch's own.
"""
import argparse
import gzip
import math
import os
import time

import numpy
import torch
from torch import nn


def images(path):
    with gzip.open(path) as file:
        return torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 1, 28, 28).copy())


def labels(path):
    with gzip.open(path) as file:
        return torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=8).astype(numpy.int64))


class Residual(nn.Module):
    def __init__(self, branch, shortcut):
        super().__init__()
        self.branch, self.shortcut = branch, shortcut

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


class RepeatChannels(nn.Module):
    def __init__(self, times):
        super().__init__()
        self.times = times

    def forward(self, x):
        return x.repeat(1, self.times, 1, 1)


class RowsOfImage(nn.Module):
    """The rows of an image as the steps of a GRU, whose last step is the output."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(28, 64, batch_first=True)

    def forward(self, x):
        return self.gru(x.squeeze(1))[0][:, -1]


class Tokens(nn.Module):
    """Patches of 4x4 pixels as tokens of 64 numbers, a class token before them, learned positions added."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, 64, 4, 4)
        self.class_token = nn.Parameter(0.02 * torch.randn(1, 1, 64))
        self.positions = nn.Parameter(0.02 * torch.randn(1, 50, 64))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        return torch.cat([self.class_token.expand(len(x), -1, -1), x], 1) + self.positions


class FirstToken(nn.Module):
    def forward(self, x):
        return x[:, 0]


def paddle_like(net):
    """The initialisation of c's tutorial: convolutions by a normal of deviation sqrt(2 / (k k in)), Linear by Xavier."""
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.normal_(layer.weight, 0, math.sqrt(2 / layer.weight[0].numel()))
        elif isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
        else:
            continue
        nn.init.zeros_(layer.bias)
    return net


def resnet_block(shortcut):
    return nn.Sequential(
        Residual(nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
                               nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)), shortcut),
        nn.Conv2d(8, 1, 1), nn.Flatten(), nn.Linear(784, 10))


def transformer_layer():
    return nn.TransformerEncoderLayer(64, 8, 128, dropout=0, activation='gelu', batch_first=True, norm_first=True)


NETWORKS = {
    'a': lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)),
    'b': lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10)),
    'c': lambda: paddle_like(nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.MaxPool2d(2), nn.Sigmoid(), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2),
        nn.Conv2d(16, 120, 4), nn.Flatten(), nn.Linear(120, 64), nn.Sigmoid(), nn.Linear(64, 10))),
    'd': lambda: nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.Tanh(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.Tanh(), nn.Linear(500, 10)),
    'e': lambda: nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    'f': lambda: resnet_block(RepeatChannels(8)),
    'f1': lambda: resnet_block(nn.Conv2d(1, 8, 1)),
    'g': lambda: nn.Sequential(RowsOfImage(), nn.Linear(64, 10)),
    'h': lambda: nn.Sequential(Tokens(), *(transformer_layer() for _ in range(4)), nn.LayerNorm(64), FirstToken(), nn.Linear(64, 10)),
    'i': lambda: nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1152, 10)),
}


def sgd(rate, momentum=0.0):
    return lambda parameters: torch.optim.SGD(parameters, rate, momentum)


def adam(rate):
    return lambda parameters: torch.optim.Adam(parameters, rate)


UNIT, SIGNED, STANDARD = 'unit', 'signed', 'standard'  # the inputs: [0, 1], [-1, 1], mean 0 and deviation 1

#          optimiser        batch  epochs  inputs
RECIPES = {
    'a':  (sgd(0.1),         100,  10, UNIT),
    'b':  (adam(1e-3),        64,   5, UNIT),
    'c':  (sgd(1e-3, 0.9),    10,   5, SIGNED),
    'd':  (sgd(0.1),         100,  10, UNIT),
    'e':  (adam(2e-3),        64,   5, SIGNED),
    'f':  (adam(1e-3),        64,   5, UNIT),
    'f1': (adam(1e-3),        64,   5, UNIT),
    'g':  (adam(1e-3),        64,   5, UNIT),
    'h':  (adam(1e-3),        64,  20, UNIT),
    'i':  (adam(1e-2),        64,  10, STANDARD),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('network', choices=NETWORKS)
    parser.add_argument('--data', default=os.environ.get('KILN_DATA_DIR', 'data/mnist'))
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--epochs', type=int)
    parser.add_argument('--threads', type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)

    optimiser, batch, epochs, inputs = RECIPES[options.network]
    epochs = options.epochs or epochs
    x, y = images(f'{options.data}/train-images-idx3-ubyte.gz'), labels(f'{options.data}/train-labels-idx1-ubyte.gz')
    test_x, test_y = images(f'{options.data}/t10k-images-idx3-ubyte.gz'), labels(f'{options.data}/t10k-labels-idx1-ubyte.gz')
    x, test_x = x.float() / 255, test_x.float() / 255
    if options.network == 'i':  # a tenth is for validation, and so not trained on
        kept = torch.randperm(len(x))[:len(x) - len(x) // 10]
        x, y = x[kept], y[kept]
    if inputs == SIGNED:
        x, test_x = 2 * x - 1, 2 * test_x - 1
    elif inputs == STANDARD:
        mean, std = x.mean(), x.std()
        x, test_x = (x - mean) / std, (test_x - mean) / std

    net = NETWORKS[options.network]()
    step = optimiser(net.parameters())
    schedule = None
    if options.network == 'e':
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(step, epochs * math.ceil(len(x) / batch))
    elif options.network == 'i':
        schedule = torch.optim.lr_scheduler.StepLR(step, 500, 0.9)
    loss = nn.CrossEntropyLoss()
    start = time.monotonic()
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(x))
        total = 0.0
        for indices in order.split(batch):
            step.zero_grad()
            l = loss(net(x[indices]), y[indices])
            l.backward()
            step.step()
            if schedule:
                schedule.step()
            total += l.item() * len(indices)
        net.eval()
        with torch.no_grad():
            right = sum((net(a).argmax(1) == b).sum().item() for a, b in zip(test_x.split(1000), test_y.split(1000)))
        print(f'{options.network} seed {options.seed} epoch {epoch + 1}: loss {total / len(x):.4f}, '
              f'test accuracy {100 * right / len(test_x):.2f} %, {time.monotonic() - start:.1f} s', flush=True)


if __name__ == '__main__':
    main()
