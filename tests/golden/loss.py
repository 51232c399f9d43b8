"""Losses: every reduction and option, with the gradient of the mean and of the sum. `none` holds one number for each sample:
the mean of its elements or steps, which is what kiln::losses gives.
"""
from golden import File, Random, nn, torch

F = nn.functional
file = File(__file__)
samples = 5


def loss(case, function, y, target, none=lambda terms: terms):
    file.tensors(case, {'y': y, 'target': target, 'none': none(function(y, target, reduction='none'))})
    for reduction in ('mean', 'sum'):
        x = y.clone().requires_grad_()
        value = function(x, target, reduction=reduction)
        value.backward()
        file.tensors(case, {reduction: value, f'{reduction}_dy': x.grad})


def of_elements(case, function, bound, **options):
    random = Random(case)
    shape = (samples, 2, 4)
    loss(case, lambda y, t, reduction: function(y, t, reduction=reduction, **options), random.uniform(shape, -bound, bound),
         random.uniform(shape, 0, 1), none=lambda terms: terms.mean((1, 2)))


def of_classes(case, function, **options):
    random = Random(case)
    loss(case, lambda y, t, reduction: function(y, t, reduction=reduction, **options), random.uniform((samples, 5), -6, 6),
         random.integers((samples,), 5))
    # A class for each of 2 steps: PyTorch has the classes in front of the steps.
    loss(f'{case} of steps', lambda y, t, reduction: function(y.transpose(1, 2), t, reduction=reduction, **options),
         random.uniform((samples, 2, 5), -6, 6), random.integers((samples, 2), 5), none=lambda terms: terms.mean(1))


of_elements('mse', F.mse_loss, 2)
of_elements('l1', F.l1_loss, 2)
of_elements('huber', F.huber_loss, 2)
of_elements('huber with delta', F.huber_loss, 2, delta=0.3)
of_elements('smooth_l1', F.smooth_l1_loss, 2)
of_elements('smooth_l1 with beta', F.smooth_l1_loss, 2, beta=0.4)
of_elements('bce', F.binary_cross_entropy_with_logits, 12)
of_elements('bce with pos_weight', F.binary_cross_entropy_with_logits, 12, pos_weight=torch.tensor([0.5, 2.0, 1.0, 3.0]).double())
of_elements('bce with one pos_weight', F.binary_cross_entropy_with_logits, 12, pos_weight=torch.tensor([0.25]).double())

weight = torch.tensor([0.5, 2.0, 1.0, 1.5, 3.0]).double()
of_classes('cross_entropy', F.cross_entropy)
of_classes('cross_entropy with weights', F.cross_entropy, weight=weight)
of_classes('cross_entropy with smoothing', F.cross_entropy, label_smoothing=0.1)
of_classes('cross_entropy with both', F.cross_entropy, label_smoothing=0.2, weight=weight)
of_classes('nll', F.nll_loss)
of_classes('nll with weights', F.nll_loss, weight=weight)
# Logits of which exp is not finite.
loss('cross_entropy of huge logits', F.cross_entropy,
     torch.tensor([[3.0, 1.0, -2.0, 0.25, 0.0], [1.5, 1e4, -1e4, 0.0, 9999.0], [-300.0, 0.5, 200.0, 0.0, 1.0]]).double(), torch.tensor([1, 4, 0]))

file.layer('log_softmax', nn.LogSoftmax(dim=-1), shape=(3, 5), x_bound=4.0)
file.layer('log_softmax of two', nn.LogSoftmax(dim=-1), shape=(2,), x_bound=20.0)

file.write()
