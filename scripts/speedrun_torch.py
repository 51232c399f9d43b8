#!/usr/bin/python3
"""PyTorch's run of the recipe of benchmarks/speedrun.cpp: MNIST from its gz files to the test set's accuracy.

    scripts/speedrun_torch.py [--data DIR] [--target 99.0|99.3] [--seed N] [--validate] [--threads N]

Network, initialisation, optimiser, schedule, selection of hard images and numbers of images are those of the Kiln program; what is
drawn at random is PyTorch's own. Prints one line: accuracy, seconds since the process started, and since torch was imported.
"""
import argparse
import gzip
import math
import os
import time

import numpy
import torch
from torch import nn

imported = time.time()
# What bench_speedrun's recipes say: channels, images of the first pass, rounds, part looked at, kept, repeats, rate, batch.
RECIPES = {
    '99.0': dict(channels=(8, 24), hidden=64, first=12000, rounds=3, look=0.36, keep=4480, repeats=2, rate=0.008, batch=32),
    '99.3': dict(channels=(8, 32), hidden=64, first=40000, rounds=4, look=0.8, keep=10016, repeats=2, rate=0.006, batch=32),
}


def started():
    """When this process began, by the kernel's clock ticks."""
    with open('/proc/self/stat') as stat, open('/proc/uptime') as uptime:
        ticks = int(stat.read().rsplit(')', 1)[1].split()[19])
        return time.time() - (float(uptime.read().split()[0]) - ticks / os.sysconf('SC_CLK_TCK'))


def read(folder, part):
    with gzip.open(f'{folder}/{part}-images-idx3-ubyte.gz') as file:
        x = torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28).copy())
    with gzip.open(f'{folder}/{part}-labels-idx1-ubyte.gz') as file:
        t = torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=8).astype(numpy.int64))
    return (x.float() / 255 - 0.1307) / 0.3081, t


def middle(x):
    return x[:, None, 2:26, 2:26]


def shifted(x):
    """24x24 pixels of every image, up to a pixel off the middle."""
    windows = x.unfold(1, 24, 1).unfold(2, 24, 1)
    d = torch.randint(1, 4, (2, len(x)))
    return windows[torch.arange(len(x)), d[0], d[1]][:, None]


@torch.no_grad()
def scale_layers(net, x):
    layers = [layer for layer in net if hasattr(layer, 'weight')]
    for layer in net:
        y = layer(x)
        if layer in layers[:-1]:
            scale = y.square().mean().sqrt()
            layer.weight /= scale
            layer.bias /= scale
            y = y / scale
        x = y


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--data', default=os.environ.get('KILN_DATA_DIR', 'data/mnist'))
    parser.add_argument('--target', choices=RECIPES, default='99.0')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--validate', action='store_true', help='train on 50000 images, report on the other 10000 of the training set')
    parser.add_argument('--threads', type=int, default=os.cpu_count())
    options = parser.parse_args()
    r = RECIPES[options.target]
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    x, t = read(options.data, 'train')
    test_x, test_t = read(options.data, 't10k')
    if options.validate:
        x, t, test_x, test_t = x[:50000], t[:50000], x[50000:], t[50000:]

    a, b = r['channels']
    net = nn.Sequential(nn.Conv2d(1, a, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(a, b, 3), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(),
                        nn.Linear(16 * b, r['hidden']), nn.ReLU(), nn.Linear(r['hidden'], 10))
    for layer in net:
        if hasattr(layer, 'weight'):
            nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')
    scale_layers(net, middle(x[:16]))

    steps = math.ceil(r['first'] / r['batch']) + r['rounds'] * r['repeats'] * math.ceil(r['keep'] / r['batch'])
    optimizer = torch.optim.NAdam(net.parameters(), lr=r['rate'], betas=(0.9, 0.99))
    warm = steps // 5
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: 0.01 + 0.99 * s / warm if s < warm else 1 - min(1, (s - warm) / (steps - warm)))
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)

    def fit(images, epochs, cut=shifted):
        for _ in range(epochs):
            for which in images[torch.randperm(len(images))].split(r['batch']):
                optimizer.zero_grad()
                loss(net(cut(x[which])), t[which]).backward()
                optimizer.step()
                schedule.step()

    def outputs(x):
        with torch.no_grad():
            return torch.cat([net(middle(part)) for part in x.split(1000)])

    order = torch.randperm(len(x))
    fit(order[:r['first']], 1)
    at, count = r['first'], int(r['look'] * len(x))
    for rounds_left in reversed(range(r['rounds'])):
        unseen = order[torch.arange(at, at + count) % len(order)]
        at += count
        hard = nn.functional.cross_entropy(outputs(x[unseen]), t[unseen], reduction='none').topk(r['keep']).indices
        last = rounds_left == 0
        fit(unseen[hard], r['repeats'] - last)
        if last:
            fit(unseen[hard], 1, middle)
    accuracy = (outputs(test_x).argmax(1) == test_t).double().mean().item()
    now = time.time()
    print(f'torch {torch.__version__} seed {options.seed} accuracy {100 * accuracy:.2f} seconds {now - started():.3f} without_import {now - imported:.3f}')


main()
