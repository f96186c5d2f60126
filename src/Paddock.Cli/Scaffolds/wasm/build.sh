#!/bin/sh
# Compiles src/plugin.c for WASI. On Debian: apt-get install clang lld wasi-libc libclang-rt-dev-wasm32
set -e
cd "$(dirname "$0")"
clang --target=wasm32-wasi -mexec-model=reactor -O2 -I src src/plugin.c -o package/my-plugin.wasm
