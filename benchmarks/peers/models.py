#!/usr/bin/python3
"""Makes the files that the peers predict with, NAME_BATCH.pt (traced) and NAME_BATCH.onnx, of the networks of scripts/results_torch.py.

    models.py FOLDER
"""
import pathlib
import sys
import warnings

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'scripts'))
import results_torch  # noqa: E402

PREDICTED = {'mlp_128_64': 'a', 'lenet_tanh': 'd', 'lenet5': 'e', 'gru_rows': 'g', 'vit': 'h'}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter('ignore')  # of sizes that a trace fixes, as they shall be
    torch.manual_seed(1)
    torch.set_num_threads(1)
    for name, letter in PREDICTED.items():
        net = results_torch.NETWORKS[letter]().eval()
        for batch in (1, 1000):
            x = torch.rand(batch, 1, 28, 28)
            file = folder / f'{name}_{batch}'
            # With gradients on, so that attention is written out in operators that both know.
            traced = torch.jit.trace(net, x, check_trace=False)
            assert torch.allclose(traced(x), net(x), atol=1e-5)
            traced.save(f'{file}.pt')
            torch.onnx.export(net, x, f'{file}.onnx', input_names=['x'], output_names=['y'], opset_version=13)


if __name__ == '__main__':
    main()
