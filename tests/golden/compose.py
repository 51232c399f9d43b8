"""Composites: what PyTorch's users write as modules of their own."""
from golden import File, nn, torch


class Residual(nn.Module):
    def __init__(self, branch, shortcut):
        super().__init__()
        self.branch, self.shortcut = branch, shortcut

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


class Sum(nn.ModuleList):
    def forward(self, x):
        return sum(branch(x) for branch in self)


class Concat(nn.ModuleList):
    def forward(self, x):
        return torch.cat([branch(x) for branch in self], 1)


class LeNet(nn.Module):
    """As PyTorch's tutorials write it: layers are attributes, and the names of parameters are theirs."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3)
        self.fc1 = nn.Linear(18, 4)
        self.head = nn.Sequential(nn.Tanh(), nn.Linear(4, 3))

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        return self.head(self.fc1(x.flatten(1)))


def block():
    return nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 2, 3, padding=1), nn.BatchNorm2d(2))


file = File(__file__)
file.layer('residual', Residual(block(), nn.Identity()), shape=(2, 4, 3), samples=7)
file.layer('projected', nn.Sequential(Residual(nn.Sequential(nn.Conv2d(2, 4, 3, 2, 1), nn.BatchNorm2d(4)), nn.Conv2d(2, 4, 1, 2)), nn.ReLU()),
           shape=(2, 4, 4), samples=7)
file.layer('residual_eval', Residual(block(), nn.Identity()), shape=(2, 4, 3), training=False)
file.layer('sum', Sum([nn.Sequential(nn.Linear(4, 5), nn.Tanh()), nn.Linear(4, 5), nn.Sequential(nn.Linear(4, 5), nn.Sigmoid())]), shape=(3, 4))
file.layer('concat', Concat([nn.Sequential(nn.Conv2d(2, 3, 1), nn.Tanh()), nn.Conv2d(2, 1, 3, padding=1), nn.Identity()]), shape=(2, 3, 4))
file.layer('attributes', LeNet(), shape=(1, 8, 8))
file.write()
