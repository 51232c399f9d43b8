"""What PyTorch computes, in files that the tests read: tests/golden/FAMILY.py writes FAMILY.safetensors beside itself.

    from golden import File, nn
    file = File(__file__)
    file.layer('plain', nn.GRU(3, 4, batch_first=True), shape=(5, 3), output=lambda y: y[0])
    file.write()

All of it is in double, and every number that goes in is a float, so that a network in float starts from the same ones. The
numbers are drawn by NumPy, whose sequences do not change, from the case's name. With --check nothing is written: the
numbers are made afresh and compared with the file.

Made with PyTorch 1.13.1 (Debian 12's python3-torch).
"""
import json
import pathlib
import struct
import sys
import zlib

try:
    import numpy
    import torch
    from torch import nn
except ImportError as missing:
    print(f'skipped: {missing} (Debian: python3-torch)')
    sys.exit(77)

__all__ = ['File', 'Random', 'nn', 'torch']
torch.set_num_threads(1)


class Random:
    """Random tensors that are a function of a name and of the order in which they are drawn."""

    def __init__(self, name):
        self.generator = numpy.random.Generator(numpy.random.PCG64(zlib.crc32(name.encode())))

    def uniform(self, shape, low=-1.0, high=1.0):
        return torch.from_numpy(numpy.asarray(self.generator.uniform(low, high, tuple(shape)), numpy.float32)).double()

    def integers(self, shape, end):
        return torch.from_numpy(self.generator.integers(0, end, tuple(shape)))


class File:
    def __init__(self, script):
        self.path = pathlib.Path(script).with_suffix('.safetensors')
        self.all = {}

    def tensors(self, case, tensors):
        """Any tensors, as case/name; whole numbers become doubles too."""
        for name, tensor in tensors.items():
            self.all[f'{case}/{name}'] = tensor.detach().double().contiguous()

    def layer(self, case, module, shape, samples=5, output=lambda y: y, training=True, bound=0.5, x=None, x_bound=1.0):
        """A module's output and gradients for random numbers. `shape` is one sample's; a parameter is within +-bound.

        What is called ...var is positive. `output` takes what backward starts from out of what the module returns; `x` may
        give the input, such as whole numbers, which then has no gradient.
        """
        random = Random(f'{self.path.stem}/{case}')
        module = module.double().train(training)
        buffers = dict(module.named_buffers())
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(random.uniform(parameter.shape, -bound, bound))
            for name, buffer in buffers.items():
                if buffer.is_floating_point():
                    buffer.copy_(random.uniform(buffer.shape, 0.5, 1.5) if name.endswith('var') else random.uniform(buffer.shape, -0.5, 0.5))
        before = {name: buffer.clone() for name, buffer in buffers.items() if buffer.is_floating_point()}
        wants_dx = x is None
        if wants_dx:
            x = random.uniform((samples, *shape), -x_bound, x_bound).requires_grad_()
        y = output(module(x))
        dy = random.uniform(y.shape)
        y.backward(dy)
        self.tensors(case, {'x': x, 'dy': dy, 'y': y})
        if wants_dx:
            self.tensors(case, {'dx': x.grad})
        for name, parameter in module.named_parameters():
            gradient = parameter.grad if parameter.grad is not None else torch.zeros_like(parameter)
            self.tensors(case, {f'parameters/{name}': parameter, f'gradients/{name}': gradient})
        for name, buffer in before.items():
            self.tensors(case, {f'buffers/{name}': buffer, f'buffers_after/{name}': buffers[name]})

    def loss(self, case, function, y_shape, target_shape=None, classes=None, samples=5, y_bound=1.0, **more):
        """A loss of a minibatch, a number or one for each sample, and its gradient (of the sum, where it is not a number).

        Targets are random numbers of `target_shape`, in [0, 1), or whole numbers below `classes`.
        """
        random = Random(f'{self.path.stem}/{case}')
        y = random.uniform((samples, *y_shape), -y_bound, y_bound).requires_grad_()
        shape = (samples, *(y_shape if target_shape is None else target_shape))
        target = random.integers(shape, classes) if classes else random.uniform(shape, 0, 1)
        value = function(y, target)
        value.sum().backward()
        self.tensors(case, {'y': y, 'target': target, 'value': value, 'dy': y.grad, **more})

    def write(self):
        """Writes the file, or with --check compares it."""
        if sys.argv[1:] == ['--check']:
            return self.check()
        header, data = {'__metadata__': {'made_by': f'tests/golden/{self.path.stem}.py, PyTorch {torch.__version__}'}}, b''
        for name, tensor in self.all.items():
            numbers = tensor.numpy().astype('<f8').tobytes()
            header[name] = {'dtype': 'F64', 'shape': list(tensor.shape), 'data_offsets': [len(data), len(data) + len(numbers)]}
            data += numbers
        text = json.dumps(header).encode()
        text += b' ' * (-len(text) % 8)
        self.path.write_bytes(struct.pack('<Q', len(text)) + text + data)

    def stored(self):
        """The tensors that the file holds."""
        content = self.path.read_bytes()
        length, = struct.unpack('<Q', content[:8])
        header, data = json.loads(content[8:8 + length]), content[8 + length:]
        header.pop('__metadata__')
        return {name: torch.from_numpy(numpy.frombuffer(data[slice(*entry['data_offsets'])], '<f8').copy()).reshape(entry['shape'])
                for name, entry in header.items()}

    def check(self):
        """Other versions, processors and libraries sum in another order: equal means within 1e-11 of the largest number."""
        before = self.stored()
        if before.keys() != self.all.keys():
            sys.exit(f'{self.path.name} holds other cases than its script makes: {sorted(before.keys() ^ self.all.keys())}; run the script')
        for name, tensor in self.all.items():
            stored = before[name]
            if stored.shape != tensor.shape:
                sys.exit(f'{self.path.name}: {name} is {tuple(stored.shape)}, and PyTorch gives {tuple(tensor.shape)}; run the script')
            off = (stored - tensor).abs().max().item() if tensor.numel() else 0.0
            if not off <= 1e-11 * max(1.0, tensor.abs().max().item() if tensor.numel() else 0.0):
                sys.exit(f'{self.path.name}: {name} is off by {off}')
        print(f'{self.path.name}: {len(self.all)} tensors agree with PyTorch {torch.__version__}')
