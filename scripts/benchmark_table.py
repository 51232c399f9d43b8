"""BENCHMARKS.md, made of the rows that scripts/benchmark.py collects: one table for each bench."""
import datetime
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess

GOALS = pathlib.Path(__file__).resolve().parents[1] / 'benchmarks/goals.json'
PEERS = {'libtorch': 'libtorch, C++', 'libtorch_traced': 'libtorch, traced', 'pytorch': 'PyTorch, Python', 'onnxruntime': 'ONNX Runtime',
         'dlib': 'dlib'}


def number(value):
    """Three digits and a bit: 165k, 51.6k, 1384, 41.5."""
    if value is None:
        return ''
    for least, scale, form in ((1e5, 1e-3, '{:.0f}k'), (1e4, 1e-3, '{:.1f}k'), (100, 1, '{:.0f}'), (10, 1, '{:.1f}'), (0, 1, '{:.2f}')):
        if abs(value) >= least:
            return form.format(value * scale)


def table(header, rows):
    lines = [header, ['---'] * len(header), *rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines) + '\n'


def with_peers(rows, header, cells, figure):
    """A table whose last columns are the peers', each cell with the ratio in brackets."""
    peers = [name for name in PEERS if any(name in row.get('peers', {}) for row in rows)]

    def cell(row, name):
        other = row.get('peers', {}).get(name)
        return f'{number(other[figure])} ({other["ratio"]:.2f})' if other else ''

    return table(header + [PEERS[name] for name in peers], [cells(row) + [cell(row, name) for name in peers] for row in rows])


def section(title, text, body):
    return f'## {title}\n\n{text}\n\n{body}\n'


def goals(rows):
    """Each figure that benchmarks/goals.json wants, whether it is reached, and why not. Of PyTorch the faster of C++ and Python counts."""
    def ratio(row, *names):
        found = [row['peers'][name]['ratio'] for name in names if name in row.get('peers', {})]
        return min(found, default=None)

    figures = {'percent_of_peak': ('{:.0f} % of the peak', lambda r: r['percent_of_peak']),
               'pytorch': ('{:.1f} times PyTorch', lambda r: ratio(r, 'libtorch', 'pytorch')),
               'onnxruntime': ('{:.2f} times ONNX Runtime', lambda r: ratio(r, 'onnxruntime')),
               'floors': ('{:.2f} times the floor at most', lambda r: r['median_us'] / r['floor_us']),
               'efficiency': ('{:.2f} of two threads', lambda r: r['efficiency']),
               'seconds': ('{:.0f} s at most', lambda r: r['seconds'])}
    lines = []
    for wanted in json.loads(GOALS.read_text()):
        form, figure = figures[wanted['figure']]
        for row in rows:
            if (row['bench'], row.get('model'), row.get('threads', 1)) != (wanted['bench'], wanted['model'], wanted.get('threads', 1)):
                continue
            goal = wanted['goal'] if not isinstance(wanted['goal'], dict) else wanted['goal'].get(row['isa'], wanted['goal']['avx2'])
            if (found := figure(row)) is None:
                continue
            less = wanted['figure'] in ('floors', 'seconds')
            digits = re.search(r'{:(\.\df)}', form)[1]
            reached = float(f'{found:{digits}}') <= goal if less else float(f'{found:{digits}}') >= goal
            of = f'{wanted["bench"]}, {row["compiler"]}' if 'compiler' in row else wanted['bench']
            lines.append([row['model'], of, form.format(goal), f'{found:{digits}}', 'reached' if reached else f'short: {wanted.get("why", "why is not known")}'])
    return lines


def output_of(command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except OSError:
        return ''


def processor():
    for text, pattern in ((output_of(['lscpu']), r'Model name:\s*(.*)'), (output_of(['sysctl', 'machdep.cpu.brand_string']), r': (.*)')):
        if found := re.search(pattern, text):
            return found[1]
    return platform.processor()


def system():
    try:
        return platform.freedesktop_os_release()['PRETTY_NAME']
    except OSError:
        return f'{platform.system()} {platform.release()}'


def compiler(build):
    found = re.search(r'^CMAKE_CXX_COMPILER:\w+=(.*)$', (build / 'CMakeCache.txt').read_text(), re.M)
    return found[1] if found else os.environ.get('CXX', 'c++')


def compiler_version(command):
    """g++ 12.2.0, clang 19.1.7"""
    first = output_of([command, '--version']).split('\n')[0]
    found = re.search(r'(clang).*?(\d+\.\d+\.\d+)', first) or re.search(r'().*?(\d+\.\d+\.\d+)\S*$', first)
    return f'{found[1] or "g++"} {found[2]}' if found else first


def library_versions(build):
    """xsimd's and xtensor's, from their headers."""
    probe = ''.join(f'#if __has_include(<{file}>)\n#include <{file}>\n#endif\n' for file in
                    ('xsimd/config/xsimd_config.hpp', 'xtensor/xtensor_config.hpp', 'xtensor/core/xtensor_config.hpp'))
    macros = subprocess.run([compiler(build), '-std=c++20', '-E', '-dM', '-x', 'c++', '-'], input=probe, capture_output=True, text=True).stdout
    versions = []
    for name in ('XSIMD', 'XTENSOR'):
        parts = [re.search(rf'#define {name}_VERSION_{part} (\d+)', macros) for part in ('MAJOR', 'MINOR', 'PATCH')]
        if all(parts):
            versions.append(f'{name.lower()} {".".join(part[1] for part in parts)}')
    return ', '.join(versions)


def report(rows, skipped, build, quick):
    benches = {}
    for row in rows:
        benches.setdefault(row['bench'], []).append(row)
    peaks = [row['gflops'] for row in benches.get('peak', [])]
    isas = {row['isa'] for row in rows if 'isa' in row}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()
    versions = {name: peer['version'] for row in rows for name, peer in row.get('peers', {}).items() if 'version' in peer}

    text = '# Benchmarks\n\nMade by `scripts/benchmark.sh`; `benchmarks/README.md` says what is measured, how, and what a row means.\n'
    if quick:
        text += ('\n**A quick run** (`--quick`): few turns, each short. Figures move by some percent from run to run; for figures to quote, '
                 'run it without.\n')
    facts = [('date', datetime.date.today().isoformat()), ('processor', f'{processor()}, {cores} core{"s" if cores > 1 else ""}'),
             ('system', f'{system()}, {platform.machine()}'), ('instructions', ', '.join(sorted(isas))),
             ('compiler', compiler_version(compiler(build))), ('libraries', library_versions(build))]
    if peaks:
        facts.append(('peak of one core', f'{number(statistics.median(peaks))} GFLOP/s, float ({number(min(peaks))} to {number(max(peaks))} '
                                          f'in {len(peaks)} measurements)'))
    facts += [('peer', f'{PEERS[name]} {versions[name]}') for name in PEERS if name in versions and name != 'libtorch_traced']
    facts += [('skipped', f'{PEERS.get(name, name)}: {reason}') for name, reason in skipped.items()]
    text += '\n' + table(['', ''], [list(fact) for fact in facts]) + '\n'
    if versions:
        text += 'In brackets behind a peer\'s figure: how many times as fast as the peer Kiln is (above 1 Kiln is faster).\n\n'

    if found := benches.get('train'):
        text += section('Training', 'A step is forward, loss, backward and optimiser. Peers on one core.', with_peers(
            found, ['network', 'batch', 'threads', 'samples/s', 'GFLOP/s', '% of peak'],
            lambda r: [r['model'], str(r['batch']), str(r['threads']), number(r['samples_per_second']), number(r['gflops']),
                       f'{r["percent_of_peak"]:.1f}'],
            'samples_per_second'))
    if found := benches.get('infer'):
        text += section('Prediction, 1000 samples at a time', 'One core.', with_peers(
            found, ['network', 'samples/s', 'GFLOP/s', '% of peak'],
            lambda r: [r['model'], number(r['samples_per_second']), number(r['gflops']), f'{r["percent_of_peak"]:.1f}'], 'samples_per_second'))
    if found := benches.get('latency'):
        text += section('Prediction, one sample at a time', 'Microseconds on one core; the floor is the time that the multiply-adds take at the '
                        'peak.', with_peers(
            found, ['network', 'median', '99th percentile', 'floor'],
            lambda r: [r['model'], number(r['median_us']), number(r.get('p99_us')), number(r.get('floor_us'))], 'median_us'))
    if found := benches.get('scaling'):
        text += section('Threads', 'Efficiency: samples a second over those of as many single threads. Sum of shards: how much longer a step of one '
                        'thread takes than with one shard, which needs no sum.',
                        table(['network', 'batch', 'threads', 'samples/s', 'efficiency', 'sum of shards'],
                              [[r['model'], str(r['batch']), str(r['threads']), number(r['samples_per_second']), f'{r["efficiency"]:.2f}',
                                f'{r["reduction_percent"]:+.1f} %' if 'reduction_percent' in r else ''] for r in found]))
    if found := benches.get('compile'):
        text += section('Compiling', 'A program of a dozen lines that trains the network for one step: processor seconds and the compiler\'s memory, '
                        'at -O3.',
                        table(['network', 'compiler', 'seconds', 'MB'],
                              [[r['model'], r['compiler'], f'{r["seconds"]:.1f}', number(r['megabytes'])] for r in found]))
    if found := benches.get('memory'):
        lines = []
        for r in found:
            for name, figures in [('Kiln', r), *((PEERS[k], v) for k, v in r.get('peers', {}).items())]:
                lines.append([name, f'{figures["megabytes"]:.1f}', f'{1000 * figures["seconds"]:.0f}', f'{figures["program_megabytes"]:.2f}',
                              number(figures['libraries_megabytes'])])
        text += section('One prediction', 'A program that loads a trained LeNet-5 and predicts once: the peak of its memory (MB), milliseconds from '
                        'start to end, and MB of the stripped program and of the shared libraries it is linked to.',
                        table(['', 'memory', 'ms', 'program', 'libraries'], lines))
    if lines := goals(rows):
        short = sum(line[-1] != 'reached' for line in lines)
        text += section('Goals', f'What Kiln wants to reach on one core: {len(lines) - short} of {len(lines)} are reached in this run.',
                        table(['network', 'of', 'goal', 'here', ''], lines))
    return text.rstrip() + '\n'
