"""RNN, GRU and LSTM: in one direction and in both, one layer and two, all steps and the last."""
from golden import File, nn

file = File(__file__)


def all_steps(module, y):
    return y[0]


def last_step(module, y):
    """h_n of the last layer, its directions side by side."""
    h = y[1][0] if isinstance(module, nn.LSTM) else y[1]
    return h[-2 if module.bidirectional else -1:].transpose(0, 1).flatten(1)


def add(case, kind, output=all_steps, **options):
    module = kind(3, 2, batch_first=True, **options)
    file.layer(case, module, shape=(4, 3), samples=3, output=lambda y: output(module, y))


for kind in [nn.RNN, nn.GRU, nn.LSTM]:
    name = kind.__name__.lower()
    add(f'{name}', kind)
    add(f'{name}_2_layers_last', kind, last_step, num_layers=2)
    add(f'{name}_bidirectional', kind, bidirectional=True)
    add(f'{name}_2_layers_bidirectional_last', kind, last_step, num_layers=2, bidirectional=True)
add('relu', nn.RNN, nonlinearity='relu')
add('relu_bidirectional_last', nn.RNN, last_step, bidirectional=True, nonlinearity='relu')
file.write()
