"""Activations, and what has no parameters and belongs to none of the other families."""
from golden import File, nn

file = File(__file__)


def case(name, module, shape=(3, 5), x_bound=4.0):
    file.layer(name, module, shape=shape, x_bound=x_bound)


case('relu', nn.ReLU())
case('leaky_relu', nn.LeakyReLU())
case('leaky_relu_steep', nn.LeakyReLU(0.25))
case('tanh', nn.Tanh())
case('sigmoid', nn.Sigmoid())
case('gelu', nn.GELU())
case('tanh_gelu', nn.GELU('tanh'))
case('silu', nn.SiLU())
case('softmax', nn.Softmax(-1))
case('global_avg_pool', nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), (3, 4, 2), 1.0)
file.write()
