#!/usr/bin/python3
"""Makes examples/RESULTS.md from the logs that scripts/results.sh leaves: scripts/results_table.py FOLDER"""
import pathlib
import re
import statistics
import sys

ROWS = [
    # letter, network, recipe, the tutorial's own figure and what is asked
    ('a', '`01_mlp`: MLP 784-128-64-10', 'SGD 0.1, batch 100, 10 epochs', '96'),
    ('b', '`04_own_loop`: MLP 784-512-10', 'Adam, batch 64, 5 epochs', ''),
    ('c', '`05_initialiser`: LeNet, sigmoid', 'SGD 0.001, momentum 0.9, batch 10, 5 epochs', ''),
    ('d', '`06_metrics`: LeNet, tanh', 'SGD 0.1, batch 100, 10 epochs', '98'),
    ('e', '`02_lenet`: LeNet-5', 'Adam 0.002, cosine, batch 64, 5 epochs', ''),
    ('f', '`07_resnet_block`, input copied', 'Adam, batch 64, 5 epochs', ''),
    ('f1', '`07_resnet_block`, 1x1 convolution', 'Adam, batch 64, 5 epochs', ''),
    ('g', '`08_gru`', 'Adam, batch 64, 5 epochs', ''),
    ('h', '`09_vit`', 'Adam, batch 64, 20 epochs', ''),
    ('i', '`10_validation`: CNN', 'Adam 0.01 falling, batch 64, 10 epochs, 10 % for validation', '98.28'),
]


def accuracies(folder, side, letter):
    """The last epoch's test accuracy of every seed."""
    found = []
    for log in sorted(folder.glob(f'{side}_{"f" if side == "kiln" and letter == "f1" else letter}_*.log')):
        text = log.read_text()
        if side == 'kiln' and letter == 'f1':
            numbers = re.findall(r'test accuracy, 1x1 convolution: ([0-9.]+) %', text)
        else:
            numbers = re.findall(r'test accuracy:? ([0-9.]+) %', text)
        if numbers:
            found.append(float(numbers[-1]))
    return found


def cell(numbers):
    if not numbers:
        return ''
    return f'{statistics.mean(numbers):.2f} ({", ".join(f"{n:.2f}" for n in numbers)})'


def main():
    folder = pathlib.Path(sys.argv[1])
    print('''# What the examples reach

Test accuracy on MNIST in percent after the last epoch: the mean over the seeds and, in brackets, each seed's. PyTorch's (1.13, python3-torch)
is trained beside it with the same initialisation scheme, optimiser, batch size, inputs and epochs; its random numbers and order of
samples are its own. A row has the seeds that were run. Made by `scripts/results.sh`.

| | network | recipe | the tutorial says | Kiln | PyTorch | difference |
|---|---|---|---|---|---|---|''')
    for letter, network, recipe, claim in ROWS:
        kiln, torch = accuracies(folder, 'kiln', letter), accuracies(folder, 'torch', letter)
        difference = f'{statistics.mean(kiln) - statistics.mean(torch):+.2f}' if kiln and torch else ''
        print(f'| {letter[0]} | {network} | {recipe} | {claim} | {cell(kiln)} | {cell(torch)} | {difference} |')


if __name__ == '__main__':
    main()
