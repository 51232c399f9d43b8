"""Pools, and what makes images larger or more."""
from golden import File, nn


class RepeatChannels(nn.Module):
    def __init__(self, times):
        super().__init__()
        self.times = times

    def forward(self, x):
        return x.repeat(1, self.times, *[1] * (x.dim() - 2))


file = File(__file__)


def case(name, module, shape):
    file.layer(name, module, shape=shape, samples=3)


case('max', nn.MaxPool2d(2), (2, 4, 5))
case('max_overlapping', nn.MaxPool2d(3, 2, 1), (2, 5, 4))
case('max_rectangular', nn.MaxPool2d((2, 3), (1, 2), (1, 0)), (2, 3, 5))
case('max1d', nn.MaxPool1d(2), (2, 7))
case('max1d_overlapping', nn.MaxPool1d(4, 2, 2), (2, 7))

case('avg', nn.AvgPool2d(2), (2, 4, 5))
case('avg_overlapping', nn.AvgPool2d(3, 2, 1), (2, 5, 4))
case('avg_rectangular', nn.AvgPool2d((2, 3), (1, 2), (1, 0)), (2, 3, 5))
case('avg_not_counted', nn.AvgPool2d(3, 2, 1, count_include_pad=False), (2, 5, 4))
case('avg1d', nn.AvgPool1d(2), (2, 7))
case('avg1d_overlapping', nn.AvgPool1d(4, 2, 2), (2, 7))
case('avg1d_not_counted', nn.AvgPool1d(4, 2, 2, count_include_pad=False), (2, 7))

case('nearest', nn.Upsample(scale_factor=2), (2, 2, 3))
case('nearest_rectangular', nn.Upsample(scale_factor=(3, 2)), (2, 2, 3))
case('bilinear', nn.Upsample(scale_factor=2, mode='bilinear'), (2, 3, 2))
case('bilinear_rectangular', nn.Upsample(scale_factor=(3, 2), mode='bilinear'), (2, 1, 3))

case('repeat', RepeatChannels(3), (2, 2, 3))
case('repeat_features', RepeatChannels(2), (5,))
file.write()
