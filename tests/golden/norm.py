"""BatchNorm, LayerNorm, GroupNorm and RMSNorm."""
from golden import File, nn, torch


class RMSNorm(nn.Module):
    """PyTorch has it from 2.4 on: x / sqrt(mean of x^2 + eps) * weight."""

    def __init__(self, shape, eps=1e-6):
        super().__init__()
        self.axes, self.eps = tuple(range(-len(shape), 0)), eps
        self.weight = nn.Parameter(torch.ones(shape))

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(self.axes, keepdim=True) + self.eps) * self.weight


file = File(__file__)
file.layer('batch_features', nn.BatchNorm1d(3), shape=(3,), samples=19)
file.layer('batch_signal', nn.BatchNorm1d(2), shape=(2, 3), samples=9)
file.layer('batch_image', nn.BatchNorm2d(3), shape=(3, 2, 3))
file.layer('batch_options', nn.BatchNorm2d(2, eps=0.01, momentum=0.3), shape=(2, 2, 2))
file.layer('batch_plain', nn.BatchNorm2d(2, affine=False), shape=(2, 2, 2))
file.layer('batch_image_eval', nn.BatchNorm2d(3), shape=(3, 2, 2), training=False)
file.layer('batch_plain_eval', nn.BatchNorm1d(3, affine=False), shape=(3,), training=False)
file.layer('layer_features', nn.LayerNorm(7), shape=(7,))
file.layer('layer_tokens', nn.LayerNorm(6), shape=(3, 6))
file.layer('layer_image', nn.LayerNorm((2, 3, 4)), shape=(2, 3, 4), samples=3)
file.layer('layer_options', nn.LayerNorm((2, 3), eps=0.01), shape=(3, 2, 3), samples=3)
file.layer('layer_plain', nn.LayerNorm(6, elementwise_affine=False), shape=(2, 6), samples=3)
file.layer('group_features', nn.GroupNorm(2, 8), shape=(8,))
file.layer('group_image', nn.GroupNorm(2, 4, eps=0.01), shape=(4, 2, 3), samples=3)
file.layer('group_plain', nn.GroupNorm(1, 3, affine=False), shape=(3, 4), samples=3)
file.layer('instance', nn.InstanceNorm2d(3, affine=True), shape=(3, 2, 3), samples=3)
file.layer('rms_tokens', RMSNorm((6,)), shape=(3, 6), samples=3)
file.layer('rms_image', RMSNorm((2, 3, 2), eps=0.01), shape=(2, 3, 2), samples=3)
file.write()
