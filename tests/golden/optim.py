"""Optimisers: the parameters after each of some steps, with given gradients. Schedules: the learning rate of each step."""
import warnings

from golden import File, Random, torch

warnings.filterwarnings('ignore')
file = File(__file__)
O, S = torch.optim, torch.optim.lr_scheduler
steps = 8
random = Random('optim')
start, gradients = random.uniform((7,)), random.uniform((steps, 7))
gradients[:, 0] = 0  # a gradient that has always been 0
gradients[:, 1] *= 1e-4
gradients[:, 2] *= 1e3
gradients = gradients.float().double()


class NAdam(O.NAdam):
    """PyTorch's formula in double. Before 2.0 it took a mu too many into the product of the next step (its pull request 92699), and
    it keeps the product in float.
    """
    def step(self):
        group, = self.param_groups
        (p,), (beta1, beta2), psi = group['params'], group['betas'], group['momentum_decay']
        state = self.state[p]
        t = state['t'] = state.get('t', 0) + 1
        mu, next_mu = (beta1 * (1 - 0.5 * 0.96 ** (n * psi)) for n in (t, t + 1))
        product = state['product'] = state.get('product', 1) * mu
        g = p.grad + group['weight_decay'] * p.detach()
        m = state['m'] = beta1 * state.get('m', 0) + (1 - beta1) * g
        v = state['v'] = beta2 * state.get('v', 0) + (1 - beta2) * g * g
        step = (1 - mu) / (1 - product) * g + next_mu / (1 - product * next_mu) * m
        p.data -= group['lr'] * step / ((v / (1 - beta2 ** t)).sqrt() + group['eps'])


file.tensors('all', {'start': start, 'gradients': gradients})


def optimizer(case, make):
    p = torch.nn.Parameter(start.clone())
    o = make([p])
    after = []
    for g in gradients:
        p.grad = g.clone()
        o.step()
        after.append(p.detach().clone())
    file.tensors(case, {'after': torch.stack(after)})


optimizer('sgd', lambda p: O.SGD(p, lr=0.1))
optimizer('sgd decay', lambda p: O.SGD(p, lr=0.1, weight_decay=0.01))
optimizer('sgd momentum', lambda p: O.SGD(p, lr=0.1, momentum=0.9))
optimizer('sgd dampening', lambda p: O.SGD(p, lr=0.1, momentum=0.9, dampening=0.25))
optimizer('sgd nesterov', lambda p: O.SGD(p, lr=0.1, momentum=0.9, nesterov=True))
optimizer('sgd all', lambda p: O.SGD(p, lr=0.1, momentum=0.8, weight_decay=0.05, nesterov=True))
optimizer('adam', lambda p: O.Adam(p))
optimizer('adam all', lambda p: O.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1))
optimizer('adamw', lambda p: O.AdamW(p))
optimizer('adamw all', lambda p: O.AdamW(p, lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1))
optimizer('nadam', lambda p: NAdam(p))
optimizer('nadam all', lambda p: NAdam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1, momentum_decay=0.1))
optimizer('nadam without momentum', lambda p: NAdam(p, betas=(0, 0.95)))
optimizer('rmsprop', lambda p: O.RMSprop(p))
optimizer('rmsprop momentum', lambda p: O.RMSprop(p, momentum=0.9))
optimizer('rmsprop centered', lambda p: O.RMSprop(p, centered=True))
optimizer('rmsprop all', lambda p: O.RMSprop(p, lr=0.005, alpha=0.9, eps=1e-3, weight_decay=0.1, momentum=0.5, centered=True))
# Other options for some of the parameters: the first three, the next two, and the rest.
p = [torch.nn.Parameter(start[a:b].clone()) for a, b in ((0, 3), (3, 5), (5, 7))]
o = O.AdamW([{'params': p[0]}, {'params': p[1], 'lr': 0.01, 'weight_decay': 0}, {'params': p[2], 'lr': 0.1, 'betas': (0.5, 0.9)}], lr=0.05)
s = S.CosineAnnealingLR(o, steps, 0.001)
after = []
for g in gradients:
    for part, (a, b) in zip(p, ((0, 3), (3, 5), (5, 7))):
        part.grad = g[a:b].clone()
    o.step()
    s.step()
    after.append(torch.cat([part.detach() for part in p]))
file.tensors('adamw groups', {'after': torch.stack(after)})


def schedule(case, n, make):
    o = O.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
    s, rates = make(o), []
    for _ in range(n):
        rates.append(o.param_groups[0]['lr'])
        o.step()
        s.step()
    file.tensors(case, {'rates': torch.tensor(rates, dtype=torch.float64)})


schedule('step decay', 10, lambda o: S.StepLR(o, 3, 0.5))
schedule('cosine', 10, lambda o: S.CosineAnnealingLR(o, 10))
schedule('cosine to 0.1', 10, lambda o: S.CosineAnnealingLR(o, 10, 0.1))
schedule('warm up', 8, lambda o: S.LinearLR(o))
schedule('warm up, cosine', 12, lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.1, 1, 4), S.CosineAnnealingLR(o, 8)], [4]))
schedule('warm up, step decay', 12, lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.25, 1, 3), S.StepLR(o, 2, 0.1)], [3]))
schedule('one cycle', 12, lambda o: S.OneCycleLR(o, 0.4, 12))
schedule('one cycle, all', 9, lambda o: S.OneCycleLR(o, 0.4, 9, pct_start=0.5, div_factor=10, final_div_factor=100))
schedule('one cycle of 2', 2, lambda o: S.OneCycleLR(o, 0.4, 2))

file.write()
