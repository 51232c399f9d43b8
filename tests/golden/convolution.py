"""Linear, and the convolutions: everything that their shapes and options change."""
from golden import File, nn

file = File(__file__)


def case(name, module, shape):
    file.layer(name, module, shape=shape, samples=3)


case('linear', nn.Linear(5, 3), (5,))
case('linear_no_bias', nn.Linear(5, 3, bias=False), (5,))
case('linear_rows', nn.Linear(4, 3), (3, 4))
case('linear_rows_no_bias', nn.Linear(4, 3, bias=False), (3, 4))

case('conv', nn.Conv2d(2, 3, 3), (2, 4, 5))
case('conv_strided', nn.Conv2d(3, 2, 3, stride=2, padding=1), (3, 5, 4))
case('conv_rectangular', nn.Conv2d(2, 3, (3, 2), stride=(1, 2), padding=(2, 1), dilation=(2, 1)), (2, 4, 5))
case('conv_groups', nn.Conv2d(4, 6, 2, padding=1, groups=2, bias=False), (4, 3, 2))

case('conv1d', nn.Conv1d(2, 3, 3), (2, 7))
case('conv1d_strided', nn.Conv1d(3, 2, 5, stride=2, padding=2), (3, 8))
case('conv1d_groups', nn.Conv1d(4, 6, 2, padding=1, dilation=3, groups=2, bias=False), (4, 6))

case('conv_transpose', nn.ConvTranspose2d(3, 2, 2, stride=2), (3, 2, 3))
case('conv_transpose_padded', nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), (2, 3, 2))
case('conv_transpose_rectangular', nn.ConvTranspose2d(2, 3, (3, 2), stride=(1, 3), padding=(2, 0), output_padding=(1, 2), dilation=(2, 1)), (2, 3, 2))
case('conv_transpose_groups', nn.ConvTranspose2d(4, 6, 3, dilation=2, groups=2, bias=False), (4, 2, 1))
file.write()
