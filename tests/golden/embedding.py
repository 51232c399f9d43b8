"""Embedding: a table alone, and before a Linear, of whole numbers."""
from golden import File, Random, nn

file = File(__file__)
tokens = Random('embedding/tokens').integers((5, 6), 7)
file.layer('table', nn.Embedding(7, 4), shape=(6,), x=tokens)
file.layer('network', nn.Sequential(nn.Embedding(7, 4), nn.Linear(4, 3), nn.Tanh()), shape=(6,), x=tokens)
file.write()
