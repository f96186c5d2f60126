// Keeps what it is given.
'use strict';

const set = async (ctx) => { await ctx.host.kv.set(ctx.input.key, ctx.input.value); return { ok: true }; };
const get = async (ctx) => ({ value: await ctx.host.kv.get(ctx.input.key) });
module.exports = { default: get, set, get };
