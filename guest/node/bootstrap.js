// The guest's half of the protocol, for Node: JSON-RPC 2.0, one message a line, over standard input and output.
// It runs before any plugin, and defends the plugin from itself, not the host: a plugin that breaks this code breaks its own process.
// What plugins see is what JavaScript plugins see inside the WebAssembly engine, so that the same source gives the same result.
'use strict';
(() => {
  const fs = require('node:fs'), path = require('node:path'), util = require('node:util');
  const { pathToFileURL } = require('node:url');
  const { Writable } = require('node:stream');
  const { createRequire } = require('node:module');
  const { parse, stringify } = JSON;
  const { writeSync, readSync } = fs, { wait } = Atomics;
  const { apply, ownKeys, getOwnPropertyDescriptor } = Reflect;
  const { exit } = process;
  const ErrorClass = Error, PromiseClass = Promise, StringOf = String;
  const ROOT = process.env.PADDOCK_ROOT || '/plugin', MOST_BYTES = 16 << 20;
  delete process.env.PADDOCK_ROOT;

  // ---- the wire ----
  // What plugin code writes to standard output must not reach the wire: whoever starts this moves the wire to another descriptor, names it, and makes
  // standard output another standard error.
  const out = Number(process.env.PADDOCK_WIRE || 1);
  delete process.env.PADDOCK_WIRE;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const send = (text) => {
    let data = Buffer.from(text);
    while (data.length > 0) {
      try { data = data.subarray(writeSync(out, data)); } catch (e) {
        if (e.code !== 'EAGAIN') exit(0);
        wait(pause, 0, 0, 1);
      }
    }
  };
  const wellFormed = (text) => StringOf(text).toWellFormed();

  // ---- host calls: each call has functions of its own, so that what one call leaves behind cannot ask in the name of the next ----
  const pending = new Map();
  let lastId = 0, session = null;
  const refused = (code, message) => {
    const e = new ErrorClass(message);
    Object.defineProperty(e, 'name', { value: 'HostError', writable: true, enumerable: false, configurable: true });
    Object.defineProperty(e, 'code', { value: code, writable: true, enumerable: true, configurable: true });
    return e;
  };
  const ask = (owner, name, args) => new PromiseClass((resolve, reject) => {
    if (owner !== session) throw refused('HOST_CALL_REFUSED', 'Host calls are available during a call only.');
    const json = stringify({ function: name, arguments: args });
    if (Buffer.byteLength(json) > MOST_BYTES) throw refused('HOST_CALL_LIMIT', 'The arguments are larger than they may be.');
    pending.set(++lastId, { resolve, reject });
    send(`{"jsonrpc":"2.0","id":${lastId},"method":"host.call","params":${json}}\n`);
  });
  const settle = (message) => {
    const waiting = pending.get(message.id);
    if (waiting === undefined) return;
    pending.delete(message.id);
    if (message.error === undefined) waiting.resolve(message.result);
    else waiting.reject(refused(message.error.data.code, message.error.message));
  };
  // ---- sources: where a call is recorded, or run again, its time and randomness are the host's ----
  // A clock answers at once, and so does the host: what arrives meanwhile is taken here. The pipe does not block; waiting for it looks again and again.
  const answers = new Map();
  let feed;
  const source = (what, count = 0) => {
    if (session === null) return null;
    const id = ++lastId, chunk = Buffer.alloc(65536);
    answers.set(id, undefined);
    send(`{"jsonrpc":"2.0","id":${id},"method":"source","params":{"what":"${what}","count":${count}}}\n`);
    while (answers.get(id) === undefined) {
      let read;
      try { read = readSync(0, chunk); } catch (e) {
        if (e.code !== 'EAGAIN') exit(0);
        wait(pause, 0, 0, 0.05);
        continue;
      }
      if (read === 0) exit(0);
      feed(Buffer.from(chunk.subarray(0, read)));
    }
    const { result } = answers.get(id);
    answers.delete(id);
    return result;
  };
  const bytes = (size) => {
    const parts = [];
    for (let left = size; left > 0; left -= 65536) {
      const text = source('random', Math.min(left, 65536));
      if (text === null) return null;
      parts.push(Buffer.from(text, 'base64'));
    }
    return Buffer.concat(parts);
  };
  let seed = () => {};
  const record = () => {
    const { defineProperty } = Object, set = (target, name, value) => defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
    const RealDate = Date, realNow = Date.now, realElapsed = process.hrtime.bigint;
    const now = () => source('now') ?? realNow();
    const elapsed = () => { const value = source('elapsed'); return value === null ? realElapsed() : BigInt(value); };
    set(RealDate, 'now', { now: () => now() }.now);
    const Recorded = new Proxy(RealDate, {
      construct: (target, args, type) => Reflect.construct(target, args.length === 0 ? [now()] : args, type === Recorded ? target : type),
      apply: () => new RealDate(now()).toString(),
    });
    set(RealDate.prototype, 'constructor', Recorded);
    set(globalThis, 'Date', Recorded);
    const milliseconds = () => Number(elapsed()) / 1e6;
    set(performance, 'now', milliseconds);
    set(performance, 'timeOrigin', 0);
    set(process, 'uptime', () => milliseconds() / 1000);
    const hrtime = (from) => {
      const value = elapsed() - (from === undefined ? 0n : BigInt(from[0]) * 1000000000n + BigInt(from[1]));
      return [Number(value / 1000000000n), Number(value % 1000000000n)];
    };
    hrtime.bigint = elapsed;
    set(process, 'hrtime', hrtime);
    recordRandom(set);
  };
  // Randomness that Node's own code draws (keys, signatures) is not among these.
  const recordRandom = (set) => {
    const crypto = require('node:crypto'), { webcrypto } = crypto, realRandom = Math.random, { randomBytes, randomFillSync } = crypto;
    const draw = (size) => bytes(size) ?? randomBytes(size);
    let a = 1, b = 2, c = 3, d = 4, seeded = false;
    // xorshift128 (Marsaglia, 2003), seeded by the host for every call.
    const next = () => { const t = d ^ (d << 11); d = c; c = b; b = a; a = a ^ (a >>> 19) ^ t ^ (t >>> 8); return a >>> 0; };
    seed = () => { const s = draw(16); [a, b, c, d] = [0, 4, 8, 12].map((at) => s.readInt32LE(at)); d |= 1; seeded = true; };
    set(Math, 'random', { random: () => (seeded ? ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992 : realRandom()) }.random);
    const later = (callback, make) => {
      if (callback === undefined) return make();
      let value, failed = null;
      try { value = make(); } catch (e) { failed = e; }
      process.nextTick(() => callback(failed, value));
    };
    const fill = (target, offset = 0, size) => {
      randomFillSync(target, offset, size); // checks what it is given, as always
      const view = ArrayBuffer.isView(target) ? target : new Uint8Array(target), width = view.BYTES_PER_ELEMENT ?? 1;
      const start = offset * width, count = size === undefined ? view.byteLength - start : size * width;
      draw(count).copy(Buffer.from(view.buffer, view.byteOffset + start, count));
      return target;
    };
    const integer = (least, most) => {
      const range = BigInt(most) - BigInt(least);
      if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most) || range <= 0n || range >= 2n ** 48n) throw new RangeError('The bounds of a random integer are out of range.');
      const limit = 2n ** 48n - (2n ** 48n % range);
      for (;;) { const value = BigInt(draw(6).readUIntBE(0, 6)); if (value < limit) return Number(value % range) + least; }
    };
    const uuid = () => {
      const s = draw(16);
      s[6] = (s[6] & 15) | 64; s[8] = (s[8] & 63) | 128;
      return s.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    };
    set(crypto, 'randomBytes', (size, callback) => { randomBytes(0); return later(callback, () => draw(size)); });
    set(crypto, 'pseudoRandomBytes', crypto.randomBytes);
    set(crypto, 'randomFillSync', fill);
    set(crypto, 'randomFill', (target, ...rest) => { const callback = rest.pop(); later(callback, () => fill(target, ...rest)); });
    set(crypto, 'randomInt', (least, most, callback) => (typeof most === 'number' ? later(callback, () => integer(least, most)) : later(most, () => integer(0, least))));
    set(crypto, 'randomUUID', uuid);
    set(webcrypto, 'getRandomValues', (target) => fill(target));
    set(webcrypto, 'randomUUID', uuid);
    require('node:module').syncBuiltinESMExports();
  };

  const tables = {
    files: { list: ['path'], read: ['path'], write: ['path', 'content'] },
    kv: { get: ['key'], set: ['key', 'value'], delete: ['key'], list: ['prefix', 'limit'] },
    db: { query: ['query', 'args', 'database'], exec: ['query', 'args', 'database'] },
    cache: { get: ['key'], set: ['key', 'value', 'ttl'], delete: ['key'] },
    email: { send: [] },
    config: { get: ['key'] },
    plugin: { call: ['plugin', 'function', 'args'] },
    time: { now: [] },
    random: { bytes: ['count'] },
  };
  const asking = (owner, name, fields) => (...args) => {
    const request = {};
    for (let i = 0; i < fields.length; i++) if (args[i] !== undefined) request[fields[i]] = args[i];
    // A last argument beyond the positional ones carries named options.
    const options = args[fields.length];
    if (typeof options === 'object' && options !== null) for (const key of ownKeys(options)) if (typeof key === 'string') request[key] = options[key];
    return ask(owner, name, request);
  };
  const shellOf = (owner) => Object.freeze({ execute: (command, args, options) => ask(owner, 'shell.execute', typeof command === 'object' && command !== null ? command : { command, args, ...options }) });
  const makers = {
    http: (owner) => Object.freeze({ request: (url, options) => ask(owner, 'http.request', typeof url === 'string' ? { method: 'GET', url, ...options } : url) }),
    shell: shellOf,
    translate: (owner) => asking(owner, 'translate', ['key', 'args', 'language']),
    log: () => (level, message) => log(levels[level] ?? 'info', show([message])),
    call: (owner) => (name, args) => ask(owner, StringOf(name), args ?? {}),
  };
  for (const [group, table] of Object.entries(tables)) makers[group] = (owner) => Object.freeze(Object.fromEntries(Object.entries(table).map(([name, fields]) => [name, asking(owner, `${group}.${name}`, fields)])));
  // Made when they are first used: most calls use one or two.
  const lazily = (target, name, make) => Object.defineProperty(target, name, {
    enumerable: true, configurable: true,
    get() { const value = make(); Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true }); return value; },
    set(value) { Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true }); },
  });
  const hostOf = (owner) => {
    const host = {};
    for (const name in makers) lazily(host, name, () => makers[name](owner));
    return host;
  };

  // ---- logs ----
  const levels = { __proto__: null, debug: 'debug', trace: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' };
  const show = (values) => { try { return util.formatWithOptions({ breakLength: Infinity, colors: false }, ...values); } catch { return '[unprintable]'; } };
  const log = (severity, text) => {
    if (session !== null) send(`{"jsonrpc":"2.0","method":"log","params":{"severity":"${severity}","message":${stringify(wellFormed(text))}}}\n`);
  };
  for (const name of ownKeys(levels)) console[name] = (...values) => log(levels[name], show(values));
  console.dir = (value) => log('info', show([value]));
  const ends = [];
  const stream = (severity) => {
    let line = '';
    ends.push(() => { if (line !== '') log(severity, line); line = ''; });
    return new Writable({
      decodeStrings: false,
      write(chunk, _, done) {
        const lines = (line + (typeof chunk === 'string' ? chunk : chunk.toString())).split('\n');
        line = lines.pop();
        for (const text of lines) log(severity, text);
        done();
      },
    });
  };
  for (const [name, severity] of [['stdout', 'info'], ['stderr', 'warn']]) {
    const value = stream(severity);
    Object.defineProperty(process, name, { get: () => value, configurable: true });
  }

  // ---- errors, told without trusting them ----
  const text = (f, fallback, length) => { try { const v = f(); return typeof v === 'string' ? wellFormed(v).slice(0, length) : fallback; } catch { return fallback; } };
  let entry = '';
  const frames = (stack) => stack.split('\n').filter((l) => !/\[eval|node:|^\s*$/.test(l)).join('\n').replaceAll(pathToFileURL(ROOT).href + '/', '').replaceAll(ROOT + '/', '');
  const describe = (e, code) => {
    const isObject = (typeof e === 'object' && e !== null) || typeof e === 'function';
    const name = isObject ? text(() => e.name, 'Error', 200) : 'Error';
    const message = isObject ? text(() => e.message, '', 10000) : text(() => StringOf(e), '', 10000);
    const stack = isObject ? frames(text(() => e.stack, '', 20000)) : '';
    const at = stack.split('\n').find((l) => l.includes(entry + ':'))?.match(/:(\d+)(?::(\d+))?\)?\s*$/);
    const own = isObject ? text(() => e.code, '', 200) : '';
    const overflow = name === 'RangeError' && message === 'Maximum call stack size exceeded';
    return { code: -32000, message, data: { code: code ?? (overflow ? 'STACK_LIMIT' : own), name, stack, line: at ? +at[1] : null, column: at?.[2] ? +at[2] : null } };
  };
  const fault = (code, message) => ({ code: -32000, message, data: { code } });

  // ---- loading and calling ----
  let exported = {}, main;
  const load = (target, entrypoint) => {
    exported = (typeof target === 'object' && target !== null) || typeof target === 'function' ? target : {};
    if (typeof target === 'function') main = target;
    else if (entrypoint && typeof exported[entrypoint] === 'function') main = exported[entrypoint];
    else if (typeof exported.default === 'function') main = exported.default;
    if (typeof main === 'function') return true;
    // A plugin of named functions only: each is called by its name.
    return !entrypoint && ownKeys(exported).some((key) => typeof exported[key] === 'function');
  };
  const pick = (name) => {
    if (!name) return main;
    // Own exports only: toString and its like are nobody's plugin function.
    if (getOwnPropertyDescriptor(exported, name) !== undefined && typeof exported[name] === 'function') return exported[name];
    // What a CommonJS module exports is its default, as an import of it sees.
    return name === 'default' && typeof exported === 'function' ? exported : undefined;
  };
  const target = async (file) => {
    try { return createRequire(file)(file); } catch (e) {
      if (!(e instanceof SyntaxError) && e?.code !== 'ERR_REQUIRE_ESM' && e?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw e;
      try { return await import(pathToFileURL(file)); } catch (other) { throw e instanceof SyntaxError && other instanceof SyntaxError && !/^\s*(import|export)\b/m.test(fs.readFileSync(file, 'utf8')) ? e : other; }
    }
  };
  const initialize = async ({ entry: file, entryPoint, recorded }) => {
    entry = file;
    try {
      if (recorded) record();
      if (load(await target(path.join(ROOT, file)), entryPoint)) return { result: { protocol: 1 } };
      return { error: fault('ENTRYPOINT_NOT_FOUND', entryPoint ? `Nothing to call: export a function, or one named "${entryPoint}", or a default.` : 'Nothing to call: export a function, or a default.') };
    } catch (e) { return { error: describe(e, e instanceof SyntaxError ? 'CODE_COMPILE_ERROR' : undefined) }; }
  };
  const run = async (owner, { function: name, input, config, context }) => {
    const f = pick(name);
    if (f === undefined) return { error: fault('ENTRYPOINT_NOT_FOUND', `The plugin exports no function "${name ?? ''}".`) };
    const ctx = { input: input ?? null, config: config ?? null, context: context ?? null };
    lazily(ctx, 'gitu', () => ({ files: makers.files(owner), shell: shellOf(owner) }));
    lazily(ctx, 'host', () => hostOf(owner));
    let value;
    try { value = apply(f, undefined, [ctx]); if (typeof value?.then === 'function') value = await value; } catch (e) { return { error: describe(e) }; }
    try { return { json: stringify(value) ?? 'null' }; } catch (e) { return { error: describe(e, 'RESULT_INVALID') }; }
  };
  const respond = (id, answer) => {
    for (const end of ends) end();
    session = null;
    let json = answer.json ?? (answer.error === undefined ? stringify(answer.result) : undefined), { error } = answer;
    if (json !== undefined && Buffer.byteLength(json) > MOST_BYTES) { json = undefined; error = fault('RESULT_LIMIT', 'The result is larger than it may be.'); }
    const left = [...pending.values()];
    pending.clear();
    send(`{"jsonrpc":"2.0","id":${id},${json !== undefined ? `"result":${json}` : `"error":${stringify(error)}`}}\n`);
    for (const waiting of left) waiting.reject(refused('HOST_CALL_REFUSED', 'The call is over.'));
  };
  const serve = (message) => {
    if (answers.has(message.id) && message.method === undefined) return void answers.set(message.id, message);
    if (message.method === undefined) return settle(message);
    const owner = { id: message.id }, done = (answer) => { if (session === owner) respond(message.id, answer); };
    switch (message.method) {
      case 'call': session = owner; seed(); return void run(owner, message.params).then(done);
      case 'initialize': session = owner; return void initialize(message.params).then(done);
      case 'register':
        session = owner;
        if (pick('register') === undefined) return done({ result: null });
        return void run(owner, { function: 'register' }).then(done);
      case 'ping': return send(`{"jsonrpc":"2.0","id":${message.id},"result":{}}\n`);
      case 'shutdown': exit(0);
    }
  };
  process.on('unhandledRejection', (e) => log('warn', 'Unhandled rejection: ' + show([e])));
  process.on('uncaughtException', (e) => {
    if (session === null) return;
    respond(session.id, { error: describe(e) });
    exit(1);
  });

  let parts = [];
  feed = (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      let line = chunk.subarray(start, end);
      start = end + 1;
      if (parts.length > 0) { line = Buffer.concat([...parts, line]); parts = []; }
      serve(parse(line.toString()));
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  };
  process.stdin.on('data', feed);
  process.stdin.on('end', () => exit(0));
})();
