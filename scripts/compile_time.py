#!/usr/bin/env python3
"""What the compilers take for the examples and README's program: processor seconds, peak memory and, by clang's account, how many templates
are instantiated. Rows are appended to benchmarks/compile_time/history.csv.

    scripts/compile_time.py [--only PROGRAM...] [--compilers g++ clang++-19]
    scripts/compile_time.py --commit-count      only counts the instantiations of benchmarks/compile_time/lenet5.cpp, and writes the number
                                                that the test compile_time.instantiations compares with

Seconds and memory depend on the machine, and on what else it does; instantiations do not: nothing is compiled for this processor in
particular.
"""
import argparse
import csv
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import benchmark_table

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / 'benchmarks/compile_time'
HEADER = ['date', 'commit', 'compiler', 'program', 'seconds', 'megabytes', 'instantiations']


def programs(folder):
    """README's program and the examples, by name."""
    readme = folder / 'readme.cpp'
    readme.write_text(re.search(r'```cpp\n(.*?)```', (ROOT / 'README.md').read_text(), re.S)[1])
    return {'readme': readme} | {file.stem: file for file in sorted((ROOT / 'examples').glob('[0-9]*.cpp'))}


def compile_with(compiler, file, *options):
    """Seconds of processor time, and megabytes."""
    command = [compiler, '-std=c++20', '-DNDEBUG', f'-I{ROOT / "include"}', f'-I{ROOT / "examples"}', *options, '-c', str(file), '-o', os.devnull]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f'{" ".join(command)} failed')
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def instantiations(clang, file):
    """As benchmarks/compile_time/count.cmake counts them: classes and functions in whose names Kiln is."""
    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder) / 'trace.json'
        compile_with(clang, file, '-O0', f'-ftime-trace={trace}', '-ftime-trace-granularity=0')
        return len(re.findall(r'"name":"Instantiate[A-Za-z]*","args":\{"detail":"[^"]*kiln::', trace.read_text()))


def clang_of(compilers):
    found = [c for c in compilers if 'clang' in c and shutil.which(c)]
    if not found:
        sys.exit('counting instantiations needs clang: install clang++-19, or name one with --compilers')
    return found[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', nargs='+')
    parser.add_argument('--compilers', nargs='+', default=['g++', 'clang++-19'])
    parser.add_argument('--commit-count', action='store_true')
    options = parser.parse_args()
    if options.commit_count:
        count = instantiations(clang_of(options.compilers), FOLDER / 'lenet5.cpp')
        (FOLDER / 'instantiations').write_text(f'{count}\n')
        print(f'{count} instantiations')
        return

    commit = benchmark_table.output_of(['git', '-C', ROOT, 'rev-parse', '--short', 'HEAD']).strip()
    history = FOLDER / 'history.csv'
    with tempfile.TemporaryDirectory() as folder:
        for name, file in programs(pathlib.Path(folder)).items():
            if options.only and name not in options.only:
                continue
            for compiler in options.compilers:
                seconds, megabytes = compile_with(compiler, file, '-O3')
                count = instantiations(compiler, file) if 'clang' in compiler else ''
                row = [datetime.date.today(), commit, benchmark_table.compiler_version(compiler), name, f'{seconds:.1f}', f'{megabytes:.0f}', count]
                new = not history.exists()
                with history.open('a', newline='') as out:
                    rows = csv.writer(out, lineterminator='\n')
                    if new:
                        rows.writerow(HEADER)
                    rows.writerow(row)
                print(*row, flush=True)


if __name__ == '__main__':
    main()
