// Does what a plugin should not.
'use strict';

const deeper = (n) => deeper(n + 1) + 1;
const loop = () => { for (;;); };
const memory = () => { const kept = []; for (;;) kept.push(new Uint8Array(1 << 20).fill(1)); };
const stack = () => deeper(0);
const trap = () => { throw new Error('on purpose'); };
const outside = () => 'x'.repeat(8 << 20);
const flood = async (ctx) => { for (;;) await ctx.host.cache.get('figures:flood'); };

// No grant covers it: it throws, or it has escaped.
const denied = async (ctx) => ({ escaped: await ctx.host.kv.get('entry:js-0') });
module.exports = { default: loop, loop, memory, stack, trap, outside, flood, denied };
