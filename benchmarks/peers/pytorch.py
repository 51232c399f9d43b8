#!/usr/bin/python3
"""PyTorch in Python, eager: a training step of the networks of scripts/results_torch.py and of the three larger ones.

    pytorch.py train [--quick] [--json FILE] [--only MODEL]

Options, data, rounds and rows are those of the other peers' programs (peer.hpp).
"""
import argparse
import json
import os
import pathlib
import statistics
import sys
import time

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'scripts'))
from results_torch import NETWORKS, RECIPES, Residual, adam  # noqa: E402

TUTORIALS = {'mlp_128_64': 'a', 'mlp_512': 'b', 'lenet_sigmoid': 'c', 'lenet_tanh': 'd', 'lenet5': 'e', 'resnet_block': 'f', 'gru_rows': 'g',
             'vit': 'h', 'cnn8': 'i'}


def conv_norm(inputs, outputs, size, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs))


def block(inputs, outputs):
    stride = outputs // inputs
    shortcut = nn.Identity() if stride == 1 else conv_norm(inputs, outputs, 1, stride)
    return nn.Sequential(Residual(nn.Sequential(conv_norm(inputs, outputs, 3, stride), nn.ReLU(), conv_norm(outputs, outputs, 3)), shortcut), nn.ReLU())


def resnet20():
    widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
    return nn.Sequential(conv_norm(3, 16, 3), nn.ReLU(), *(block(*pair) for pair in zip(widths, widths[1:])),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.positions = nn.Parameter(0.02 * torch.randn(64, 256))
        self.layers = nn.Sequential(*(nn.TransformerEncoderLayer(256, 8, 1024, dropout=0, activation='gelu', batch_first=True, norm_first=True)
                                      for _ in range(6)), nn.LayerNorm(256))
        self.head = nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.layers(x + self.positions)[:, 0])


#                     network, optimiser, batch, shape of a sample
LARGER = {
    'conv64': (lambda: nn.Sequential(nn.Conv2d(1, 64, 1), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.AvgPool2d(4), nn.Flatten(), nn.Linear(4096, 10)),
               adam(1e-3), 64, (1, 32, 32)),
    'resnet20': (resnet20, lambda parameters: torch.optim.SGD(parameters, 0.1, 0.9, weight_decay=1e-4), 64, (3, 32, 32)),
    'transformer_256': (Transformer, adam(1e-3), 16, (64, 256)),
}


def recipe(model):
    if model in TUTORIALS:
        letter = TUTORIALS[model]
        return NETWORKS[letter], RECIPES[letter][0], RECIPES[letter][1], (1, 28, 28)
    return LARGER[model]


def patterns(samples, shape):
    """As support/patterns.hpp has it: ten patterns under noise, a fifth of the labels at random."""
    seen, drawn = torch.randint(10, (2, samples))
    x = (torch.randint(128, (10, *shape))[seen] + torch.randint(128, (samples, *shape))) / 255
    return x, torch.where(torch.rand(samples) < 0.2, drawn, seen)


def train(model, quick):
    make, optimiser, batch, shape = recipe(model)
    net = make()
    update = optimiser(net.parameters())
    loss_of = nn.CrossEntropyLoss()
    samples = 10_000 if model in TUTORIALS else 10 * batch
    x, y = patterns(samples, shape)
    batches = iter(())

    def step():
        nonlocal batches
        indices = next(batches, None)
        if indices is None or len(indices) < batch:
            batches = iter(torch.randperm(samples).split(batch))
            indices = next(batches)
        update.zero_grad()
        loss = loss_of(net(x[indices]), y[indices])
        loss.backward()
        update.step()
        return loss.item()

    step()
    step()
    start = time.perf_counter()
    step()
    steps = max(1, int(0.2 / (time.perf_counter() - start)))
    times = []
    for _ in range(4 if quick else 14):
        start = time.perf_counter()
        for _ in range(steps):
            step()
        times.append(time.perf_counter() - start)
    return {'peer': 'pytorch', 'version': torch.__version__, 'bench': 'train', 'model': model, 'batch': batch, 'threads': 1,
            'samples_per_second': steps * batch / statistics.median(times)}


def multiplies_fast():
    """As peer.hpp's require_fast_products: the reference BLAS has 2 to 5 GFLOP/s."""
    square, times = torch.rand(512, 512), []
    for _ in range(4):
        start = time.perf_counter()
        square @ square
        times.append(time.perf_counter() - start)
    return 2e-9 * 512**3 / min(times) > 10


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('bench', choices=['train'])
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--json')
    parser.add_argument('--only')
    options = parser.parse_args()
    torch.set_num_threads(1)
    if not multiplies_fast():
        print('libopenblas0-pthread is missing: with the reference BLAS the figures would say nothing', file=sys.stderr)
        sys.exit(os.EX_UNAVAILABLE)
    rows = [train(model, options.quick) for model in [*TUTORIALS, *LARGER] if options.only in (None, model)]
    print(json.dumps(rows))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows))


if __name__ == '__main__':
    main()
