"""Training steps (forward, loss, backward) of the networks in gradient.ts, in PyTorch.

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


def mobilenet():
    import torchvision

    network = torchvision.models.mobilenet_v2(weights=None, num_classes=2).eval()
    top, pixels = network.features[14:], torch.rand(16, 96, 14, 14)
    return nn.ModuleList([top, network.classifier]), lambda: network.classifier(top(pixels).mean([2, 3]))


networks = {"encoder": encoder(), "mobilenet": mobilenet()}
print("ready", flush=True)
for line in sys.stdin:
    module, forward = networks[line.strip()]
    module.zero_grad()
    start = time.perf_counter()
    nn.functional.cross_entropy(forward(), labels).backward()
    print((time.perf_counter() - start) * 1e3, flush=True)
