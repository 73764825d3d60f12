"""Training steps (forward, loss, backward) of the networks in gradient.ts and translation.ts, in PyTorch.

Says "ready", then runs one step for each line on standard input that names a network, and prints its milliseconds.
"""
import sys
import time

import torch
from torch import nn

torch.manual_seed(0)
labels = torch.randint(0, 2, (16,))


def encoder():
    tokens = torch.rand(16, 64, 384)
    layer = nn.TransformerEncoderLayer(384, 12, 1536, 0.0, activation="gelu", batch_first=True)
    body, head = nn.TransformerEncoder(layer, 6).train(), nn.Linear(384, 2)
    return nn.ModuleList([body, head]), lambda: head(body(tokens).mean(1))


class Residual(nn.Module):
    """An inverted residual block of MobileNetV2, six times as wide inside, with the statistics of its normalizations frozen."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        wide = 6 * inputs
        self.layers = nn.Sequential(
            *convolution(inputs, wide), *convolution(wide, wide, 3, stride, wide), *convolution(wide, outputs)[:2]
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.layers(x) if self.adds else self.layers(x)


def convolution(inputs, outputs, size=1, stride=1, groups=1):
    layer = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(outputs), nn.ReLU6(inplace=True)]


def mobilenet():
    blocks = [Residual(96, 160, 2), Residual(160, 160, 1), Residual(160, 160, 1), Residual(160, 320, 1)]
    top, head = nn.Sequential(*blocks, *convolution(320, 1280)).eval(), nn.Linear(1280, 2)
    pixels = torch.rand(16, 96, 14, 14)
    return nn.ModuleList([top, head]), lambda: head(top(pixels).mean([2, 3]))


def translator():
    """The decoder of a small Marian: 3 layers, 256 wide, 12,000 tokens whose embedding gives the logits too; AdamW."""
    tokens, said = torch.randint(0, 11999, (16, 24)), torch.rand(16, 24, 256)
    embedding = nn.Embedding(11999, 256)
    nn.init.normal_(embedding.weight, std=0.02)
    layer = nn.TransformerDecoderLayer(256, 8, 1024, 0.0, activation=nn.functional.silu, batch_first=True)
    body, bias = nn.TransformerDecoder(layer, 3).train(), nn.Parameter(torch.zeros(11999))
    causal = nn.Transformer.generate_square_subsequent_mask(24)
    module = nn.ParameterList([bias, *embedding.parameters(), *body.parameters()])
    optimizer = torch.optim.AdamW(module.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad()
        logits = body(embedding(tokens) * 16, said, tgt_mask=causal) @ embedding.weight.T + bias
        nn.functional.cross_entropy(logits.flatten(0, 1), tokens.flatten(), label_smoothing=0.1).backward()
        nn.utils.clip_grad_norm_(module.parameters(), 1)
        optimizer.step()

    return step


def plain(network):
    module, forward = network

    def step():
        module.zero_grad()
        nn.functional.cross_entropy(forward(), labels).backward()

    return step


made = {"encoder": lambda: plain(encoder()), "mobilenet": lambda: plain(mobilenet()), "translator": translator}
steps = {}
print("ready", flush=True)
for line in sys.stdin:
    name = line.strip()
    step = steps.get(name) or steps.setdefault(name, made[name]())
    start = time.perf_counter()
    step()
    print((time.perf_counter() - start) * 1e3, flush=True)
