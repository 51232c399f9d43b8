"""Attention, the layers of tokens, and the Transformer encoder made of them."""
from golden import File, nn, torch


class SelfAttention(nn.MultiheadAttention):
    """What mask is True is not seen."""

    def __init__(self, features, heads, mask=None, **options):
        super().__init__(features, heads, batch_first=True, **options)
        self.mask = mask

    def forward(self, x):
        return super().forward(x, x, x, need_weights=False, attn_mask=self.mask)[0]


class ToTokens(nn.Module):
    def forward(self, x):
        return x.flatten(2).transpose(1, 2)


class ClassToken(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.class_token = nn.Parameter(torch.empty(1, features))

    def forward(self, x):
        return torch.cat([self.class_token.expand(len(x), 1, -1), x], 1)


class PositionEmbedding(nn.Module):
    def __init__(self, tokens, features):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(tokens, features))

    def forward(self, x):
        return x + self.weight


class SelectToken(nn.Module):
    def __init__(self, index):
        super().__init__()
        self.index = index

    def forward(self, x):
        return x[:, self.index]


def encoder(activation, norm_first):
    layer = nn.TransformerEncoderLayer(4, 2, 6, dropout=0, activation=activation, batch_first=True, norm_first=norm_first)
    return nn.TransformerEncoder(layer, 2)


seen = torch.tensor([[1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 1, 0]], dtype=torch.bool)

file = File(__file__)
file.layer('plain', SelfAttention(6, 2), shape=(4, 6), samples=3)
file.layer('causal', SelfAttention(6, 2, torch.ones(4, 4, dtype=torch.bool).triu(1)), shape=(4, 6), samples=3)
file.layer('mask', SelfAttention(6, 3, ~seen), shape=(4, 6), samples=3)
file.layer('no_bias', SelfAttention(6, 2, bias=False), shape=(4, 6), samples=3)
file.layer('to_tokens', ToTokens(), shape=(3, 2, 4), samples=3)
file.layer('class_token', ClassToken(3), shape=(4, 3), samples=3)
file.layer('position_embedding', PositionEmbedding(4, 3), shape=(4, 3), samples=3)
file.layer('select_token', SelectToken(2), shape=(4, 3), samples=3)
file.layer('pre_norm', encoder('gelu', True), shape=(3, 4), samples=3)
file.layer('post_norm', encoder('relu', False), shape=(3, 4), samples=3)
file.write()
