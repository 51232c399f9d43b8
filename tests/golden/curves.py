"""Training as a whole: the losses of 100 steps of the tutorials' networks, from the same first numbers and the same minibatches.

The networks and their optimisers are those of scripts/results_torch.py. First numbers and data are a formula of whole numbers,
which tests/support/curves.hpp computes again; the file holds the losses only, for every network

    double    in double
    float     in float
    orders    how far float's curve moves (the largest relative difference of a step's loss) where each minibatch's samples
              come in another order: in reverse, and in seven drawn ones

One order alone tells little of what rounding does: where it makes one ReLU of LeNet-5's flip, a unit that is seldom active, Adam
moves that unit's weights by its whole rate, and the losses by 1e-2; where it makes none flip, the losses differ by 2e-7.
"""
import importlib.util
import pathlib
import sys

import numpy
from golden import File, nn, torch

path = pathlib.Path(__file__).resolve().parents[2] / 'scripts' / 'results_torch.py'
results = importlib.util.module_from_spec(importlib.util.spec_from_file_location('results_torch', path))
results.__spec__.loader.exec_module(results)

STEPS, CHECKED, ORDERS = 100, 5, 8
CLASSES, GRID, SIDE = 10, 8, 28
TEMPLATE, LABEL, WRONG_LABEL, STRENGTH, NOISE, PARAMETER, ORDER = range(7)  # what a random number is for

# The names of benchmarks/support/networks.hpp.
NAMES = {'mlp_128_64': 'a', 'mlp_512': 'b', 'lenet_sigmoid': 'c', 'lenet_tanh': 'd', 'lenet5': 'e', 'resnet_block': 'f',
         'resnet_block_projected': 'f1', 'gru_rows': 'g', 'vit': 'h', 'cnn8': 'i'}
GAIN = {'c': 2}  # the two sigmoids in a row of c learn nothing in 100 steps from small weights
# How a parameter's name begins in Kiln, where scripts/results_torch.py has modules of its own.
NAMED = {'g': {'0.gru.': '1.', '1.': '2.'},
         'h': {'0.patches.': '0.', '0.class_token': '2.class_token', '0.positions': '3.weight', **{f'{i + 1}.': f'4.layers.{i}.' for i in range(4)}}}

WORD = numpy.uint64


def mix(x):
    """splitmix64, as in include/kiln/core/random.hpp."""
    with numpy.errstate(over='ignore'):
        x = x + WORD(0x9E3779B97F4A7C15)
        x = (x ^ (x >> WORD(30))) * WORD(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> WORD(27))) * WORD(0x94D049BB133111EB)
        return x ^ (x >> WORD(31))


def key(*words):
    """One key of several words, each a number or an array; arrays broadcast."""
    result = WORD(0)
    for word in words:
        result = mix(result ^ numpy.asarray(word, WORD))
    return result


def draw(end, *words):
    return (key(*words) % WORD(end)).astype(numpy.int64)


def templates():
    """A smooth picture for each class: a grid of random numbers, of which half are dark, and straight lines between them."""
    c, r, q = numpy.ogrid[:CLASSES, :GRID, :GRID]
    grid = numpy.maximum(draw(512, TEMPLATE, c, r, q) - 256, 0)
    at, part = numpy.arange(SIDE) // 4, numpy.arange(SIDE) % 4
    rows = grid[:, at] * (4 - part)[:, None] + grid[:, at + 1] * part[:, None]
    return (rows[:, :, at] * (4 - part) + rows[:, :, at + 1] * part) // 16


def minibatch(step, size):
    """Pixels from 0 to 255 and labels. A fifth of the labels is drawn at random, so that no loss goes to 0."""
    n = numpy.arange(step * size, (step + 1) * size)
    pattern = draw(CLASSES, LABEL, n)
    strength = 96 + draw(64, STRENGTH, n)
    noise = draw(128, NOISE, n[:, None], numpy.arange(SIDE * SIDE)).reshape(size, SIDE, SIDE)
    pixels = templates()[pattern] * strength[:, None, None] // 256 + noise
    return pixels[:, None], numpy.where(draw(5, WRONG_LABEL, n) == 0, draw(CLASSES, WRONG_LABEL, n, 1), pattern)


def scaled(pixels, inputs):
    """In steps that float has: [0, 1), [-1, 1), and about mean 0 and deviation 1."""
    return {results.UNIT: pixels / 256, results.SIGNED: pixels / 128 - 1, results.STANDARD: pixels / 64 - 1.5}[inputs]


def start(net, letter):
    """A weight within +-gain / sqrt(fan in), a norm's within 1 +- 1/8, and what else there is (such as the positions, 1 / sqrt(64))
    within +-1/8."""
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            shape = parameter.shape
            words = next((new + name[len(old):] for old, new in NAMED.get(letter, {}).items() if name.startswith(old)), name).encode()
            u = (key(PARAMETER, *words, numpy.arange(shape.numel())) >> WORD(40)).astype(float) / 2 ** 23 - 1
            if not name.endswith('weight') and 'weight_' not in name:
                u /= 8
            elif len(shape) == 1:
                u = 1 + u / 8
            else:
                u *= GAIN.get(letter, 1) / numpy.sqrt(shape[1:].numel())
            parameter.copy_(torch.from_numpy(u.astype(numpy.float32)).reshape(shape))


def order(which, step, size):
    """The samples' order: 0 as they are, 1 in reverse, else drawn."""
    return [numpy.arange(size), numpy.arange(size)[::-1].copy(), numpy.argsort(key(ORDER, which, step, numpy.arange(size)))][min(which, 2)]


def curve(letter, dtype, which=0, steps=STEPS):
    optimiser, size, _, inputs = results.RECIPES[letter]
    net = results.NETWORKS[letter]().to(dtype)
    start(net, letter)
    step = optimiser(net.parameters())
    schedule = torch.optim.lr_scheduler.StepLR(step, 20, 0.9) if letter == 'i' else None
    losses = []
    for number in range(steps):
        pixels, labels = minibatch(number, size)
        samples = order(which, number, size)
        step.zero_grad()
        loss = nn.functional.cross_entropy(net(torch.from_numpy(scaled(pixels, inputs)[samples]).to(dtype)), torch.from_numpy(labels[samples]))
        loss.backward()
        step.step()
        if schedule:
            schedule.step()
        losses.append(loss.item())
    return torch.tensor(losses, dtype=torch.double)


def difference(found, expected):
    return ((found - expected).abs() / expected.abs()).max()


def curves(letter):
    single = curve(letter, torch.float)
    orders = [difference(curve(letter, torch.float, which), single) for which in range(1, ORDERS + 1)]
    return {'double': curve(letter, torch.double), 'float': single, 'orders': torch.stack(orders)}


def check(stored):
    """The first steps in double: more would take minutes, and float's rounding is another on another processor."""
    for name, letter in NAMES.items():
        expected = stored[f'{name}/double'][:CHECKED]
        off = difference(curve(letter, torch.double, steps=CHECKED), expected).item()
        if not off <= 1e-11:
            sys.exit(f'curves.safetensors: the losses of {name} are off by {off}; run the script')
    print(f'curves.safetensors: {CHECKED} steps of {len(NAMES)} networks agree with PyTorch {torch.__version__}')


if __name__ == '__main__':
    file = File(__file__)
    if sys.argv[1:] == ['--check']:
        check(file.stored())
    else:
        for name, letter in NAMES.items():
            file.tensors(name, curves(letter))
        file.write()
