#!/usr/bin/python3
"""Runs the benchmark programs, Kiln and its peers by turns, and writes their rows as JSON and as BENCHMARKS.md.

    scripts/benchmark.py --build FOLDER --json FILE [--quick] [--peers] [--continue]

scripts/benchmark.sh builds the programs and starts it; benchmarks/README.md says what is measured and what a row means.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import benchmark_table

ROOT = pathlib.Path(__file__).resolve().parents[1]
PYTHON = '/usr/bin/python3' if os.path.exists('/usr/bin/python3') else sys.executable  # where a distribution's PyTorch is

NINE = ['mlp_128_64', 'mlp_512', 'lenet_sigmoid', 'lenet_tanh', 'lenet5', 'resnet_block', 'gru_rows', 'vit', 'cnn8']
LARGER = ['conv64', 'resnet20', 'transformer_256']
WINOGRAD = ['conv64_winograd', 'resnet20_winograd']
PREDICTED = ['mlp_128_64', 'lenet_tanh', 'lenet5', 'gru_rows', 'vit']
COMPILED = ['mlp_128_64', 'lenet5', 'resnet_block', 'vit', 'resnet20']
MODELS = {'train': NINE + LARGER + WINOGRAD, 'infer': PREDICTED, 'latency': PREDICTED, 'scaling': NINE + LARGER + WINOGRAD, 'compile': COMPILED, 'memory': ['lenet5']}

# What is measured; every other entry of a row says of what.
FIGURES = ['samples_per_second', 'gflops', 'percent_of_peak', 'median_us', 'p99_us', 'floor_us', 'efficiency', 'reduction_percent', 'seconds',
           'megabytes', 'program_megabytes', 'libraries_megabytes', 'gigahertz', 'multiply_adds_per_cycle']
# Kiln's figure over a peer's is the ratio, or the other way round where less is better.
MORE_IS_BETTER = {'train': 'samples_per_second', 'infer': 'samples_per_second'}
LESS_IS_BETTER = {'latency': 'median_us', 'memory': 'megabytes'}

Peer = collections.namedtuple('Peer', 'name command models')
UNAVAILABLE, TRY_AGAIN = 69, 75


class Unavailable(Exception):
    pass


def run(command, threads=1):
    """The rows that a program writes. On one thread it is kept on one core."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else []
    pin = (lambda: os.sched_setaffinity(0, cores[-1:])) if cores and threads == 1 else None
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / 'rows.json'
        for _ in range(5):
            done = subprocess.run([*map(str, command), '--json', file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment,
                                  preexec_fn=pin)
            if done.returncode != TRY_AGAIN:
                break
        reason = done.stderr.strip().split('\n')[-1]
        if done.returncode == UNAVAILABLE:
            raise Unavailable(reason)
        if done.returncode != 0:
            sys.exit(f'{" ".join(map(str, command))} failed ({done.returncode}): {reason}')
        return json.loads(file.read_text())


def medians(rows):
    """One row for all that differ in their figures only, with the median of each."""
    groups = {}
    for row in rows:
        groups.setdefault(tuple((k, v) for k, v in row.items() if k not in FIGURES), []).append(row)
    return [dict(of) | {k: statistics.median(row[k] for row in group) for k in FIGURES if k in group[0]} for of, group in groups.items()]


def beside(rows):
    """Kiln's rows, each with what its peers reached in the same turns."""
    result = []
    for row in [row for row in rows if 'peer' not in row]:
        peers = {}
        for other in rows:
            if 'peer' in other and all(row.get(k, other[k]) == other[k] for k in ('bench', 'model', 'batch', 'threads')):
                figures = {k: v for k, v in other.items() if k in FIGURES + ['version']}
                bench = row['bench']
                if bench in MORE_IS_BETTER:
                    figures['ratio'] = row[MORE_IS_BETTER[bench]] / other[MORE_IS_BETTER[bench]]
                elif bench in LESS_IS_BETTER:
                    figures['ratio'] = other[LESS_IS_BETTER[bench]] / row[LESS_IS_BETTER[bench]]
                peers[other['peer']] = figures
        result.append(row | {'peers': peers} if peers else row)
    return result


class Bench:
    def __init__(self, options):
        self.quick = ['--quick'] if options.quick else []
        self.compiler = benchmark_table.compiler(options.build)
        self.programs = options.build / 'benchmarks'
        self.models = self.programs / 'models'
        self.cores = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()
        self.skipped = {}
        self.peers = self.find_peers() if options.peers else []
        if not options.peers:
            self.skipped['all peers'] = 'not asked for (`--peers`)'

    def find_peers(self):
        folder = self.programs / 'peers'
        models = ['--models', self.models]
        dlib = [m for m in NINE if m in ('mlp_128_64', 'mlp_512', 'lenet_tanh', 'lenet5')]
        known = [
            Peer('libtorch', [folder / 'peer_libtorch'], {'train': NINE, 'infer': PREDICTED, 'latency': PREDICTED}),
            Peer('pytorch', [PYTHON, ROOT / 'benchmarks/peers/pytorch.py'], {'train': NINE + LARGER}),
            Peer('onnxruntime', [folder / 'peer_onnxruntime'], {'infer': PREDICTED, 'latency': PREDICTED}),
            Peer('dlib', [folder / 'peer_dlib'], {'train': dlib, 'infer': dlib, 'latency': dlib}),
        ]
        self.peer_options = {'libtorch': models, 'onnxruntime': models}
        has_torch = subprocess.run([PYTHON, '-c', 'import torch, numpy'], stderr=subprocess.DEVNULL).returncode == 0
        if has_torch and not (self.models / 'vit_1.onnx').exists():
            subprocess.run([PYTHON, ROOT / 'benchmarks/peers/models.py', self.models], check=True, stderr=subprocess.DEVNULL)
        found = []
        for peer in known:
            try:
                if peer.name == 'pytorch' and not has_torch:
                    raise Unavailable('Python has no module torch')
                if not os.path.exists(peer.command[0]):
                    raise Unavailable('the library was not found')
                if peer.name == 'onnxruntime' and not (self.models / 'vit_1.onnx').exists():
                    raise Unavailable("its models are exported by Python's PyTorch, which was not found")
                run([*peer.command, next(iter(peer.models)), '--only', 'none'])
                found.append(peer)
            except Unavailable as reason:
                self.skipped[peer.name] = str(reason)
        return found

    def contenders(self, bench, model):
        """Kiln and the peers that have the model, as commands and their threads."""
        program = self.programs / f'bench_{bench}'
        if bench == 'train':
            teams = [1] + ([self.cores] if self.cores > 1 else [])
            result = [([program, '--only', model, '--threads', n, *self.quick], n) for n in teams]
        else:
            result = [([program, '--only', model, *self.quick], self.cores if bench == 'scaling' else 1)]
        result += [([*peer.command, bench, '--only', model, *self.quick, *self.peer_options.get(peer.name, [])], 1)
                   for peer in self.peers if model in peer.models.get(bench, [])]
        return result

    def measure(self, bench, model):
        if bench == 'compile':
            return self.compile(model)
        if bench == 'memory':
            return self.memory()
        contenders = self.contenders(bench, model)
        compared = any(peer for peer in self.peers if model in peer.models.get(bench, []))
        turns = (2 if self.quick else 5) if compared else (1 if self.quick else 3)
        rows = [row for _ in range(turns) for command, threads in contenders for row in run(command, threads)]
        peaks = [dict(row, of=f'{bench} {model}') for row in rows if row['bench'] == 'peak']
        return beside(medians([row for row in rows if row['bench'] != 'peak'])) + medians(peaks)

    def compile(self, model):
        """Processor seconds and the compiler's memory, for a program of a dozen lines."""
        compilers = [self.compiler]
        if not self.quick:
            compilers += [c for c in ('g++', 'clang++-19', 'clang++') if shutil.which(c)]
        rows = []
        for compiler in dict.fromkeys(compilers):
            version = benchmark_table.compiler_version(compiler)
            if any(row['compiler'].split()[0] == version.split()[0] for row in rows):
                continue  # one of a kind
            command = [compiler, '-std=c++20', '-O3', '-DNDEBUG', '-march=native', '-fopenmp', f'-I{ROOT / "include"}', '-c',
                       str(ROOT / f'benchmarks/compile_time/{model}.cpp'), '-o', os.devnull]
            for _ in range(1 if self.quick else 3):
                process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
                _, status, usage = os.wait4(process.pid, 0)
                if status != 0:
                    sys.exit(f'{" ".join(command)} failed')
                rows.append({'bench': 'compile', 'model': model, 'compiler': version, 'seconds': usage.ru_utime + usage.ru_stime,
                             'megabytes': usage.ru_maxrss / 1024})
        return medians(rows)

    def memory(self):
        """A program that loads a trained LeNet-5 and predicts once: its memory, time and size, and the size of the libraries it is linked to."""
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([self.programs / 'memory_train', f'{folder}/lenet5.safetensors'], check=True)
            contenders = [('kiln', self.programs / 'memory_predict', f'{folder}/lenet5.safetensors')]
            if any(peer.name == 'libtorch' for peer in self.peers) and (self.models / 'lenet5_1.pt').exists():
                contenders.append(('libtorch', self.programs / 'peers/peer_libtorch_predict', self.models / 'lenet5_1.pt'))
            for _ in range(3 if self.quick else 9):
                for name, program, file in contenders:
                    start = time.perf_counter()
                    done = subprocess.run([program, file], check=True, capture_output=True, text=True)
                    took = time.perf_counter() - start
                    subprocess.run(['strip', '-o', f'{folder}/stripped', program], check=True)
                    libraries = re.findall(r'=> (/\S+)', subprocess.run(['ldd', program], capture_output=True, text=True).stdout)
                    row = {'bench': 'memory', 'model': 'lenet5', 'batch': 1, 'threads': 1, 'seconds': took, 'megabytes': float(done.stdout.split()[0]),
                           'program_megabytes': os.path.getsize(f'{folder}/stripped') / 2**20,
                           'libraries_megabytes': sum(os.path.getsize(os.path.realpath(f)) for f in libraries) / 2**20}
                    rows.append(row if name == 'kiln' else {'peer': name} | row)
        return beside(medians(rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', type=pathlib.Path, required=True)
    parser.add_argument('--json', type=pathlib.Path, required=True)
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--peers', action='store_true')
    parser.add_argument('--continue', dest='go_on', action='store_true')
    options = parser.parse_args()

    rows = json.loads(options.json.read_text()) if options.go_on and options.json.exists() else []
    bench = Bench(options)
    for name, models in MODELS.items():
        if name in ('train', 'infer', 'latency', 'scaling') and not (bench.programs / f'bench_{name}').exists():
            bench.skipped[name] = 'there is no such program'
            continue
        for model in models:
            if any((row['bench'], row['model']) == (name, model) for row in rows if 'model' in row):
                continue
            start = time.perf_counter()
            print(f'{name} {model}', end=' ', file=sys.stderr, flush=True)
            rows += bench.measure(name, model)
            partial = options.json.with_suffix('.part')
            partial.write_text(json.dumps(rows, indent=2) + '\n')
            partial.replace(options.json)
            print(f'{time.perf_counter() - start:.0f} s', file=sys.stderr, flush=True)

    (ROOT / 'BENCHMARKS.md').write_text(benchmark_table.report(rows, bench.skipped, options.build, options.quick))
    print('written: BENCHMARKS.md')


if __name__ == '__main__':
    main()
