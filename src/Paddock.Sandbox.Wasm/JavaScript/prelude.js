// Runs once, before any plugin, and becomes part of the engine image. It is the guest's half of the bridge: everything it will
// need later is captured now, because a plugin may replace any global or prototype. It defends the plugin from itself, not the
// host: a plugin that breaks this code only breaks its own call.
(function (hostCall, hostLog, hostDone) {
  'use strict';
  const { stringify, parse } = JSON;
  const { apply, ownKeys, getOwnPropertyDescriptor } = Reflect;
  const { create, defineProperty, getPrototypeOf, freeze } = Object;
  const { isArray } = Array;
  const ErrorClass = Error, PromiseClass = Promise, MapClass = Map, StringOf = String, DateClass = Date;
  const uncurry = (f) => (self, ...args) => apply(f, self, args);
  const slice = uncurry(StringOf.prototype.slice);
  const mapGet = uncurry(MapClass.prototype.get), mapSet = uncurry(MapClass.prototype.set), mapDelete = uncurry(MapClass.prototype.delete);
  const toISO = uncurry(DateClass.prototype.toISOString);
  const errorToString = uncurry(ErrorClass.prototype.toString);
  const proto = getPrototypeOf;

  // ---- random: xorshift128 (Marsaglia, "Xorshift RNGs", 2003), seeded by the host for every call ----
  let s0 = 1, s1 = 2, s2 = 3, s3 = 4;
  const next = () => {
    let t = s3;
    t ^= t << 11;
    t ^= t >>> 8;
    s3 = s2; s2 = s1; s1 = s0;
    s0 = (s0 ^ (s0 >>> 19) ^ t) | 0;
    return s0 >>> 0;
  };
  const random = { random() { return ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992; } }.random;
  defineProperty(Math, 'random', { value: random, writable: true, enumerable: false, configurable: true });

  // ---- host calls ----
  const pending = new MapClass();
  let lastId = 0;
  const ask = (name, args) => new PromiseClass((resolve, reject) => {
    const json = stringify(args);
    const id = ++lastId;
    mapSet(pending, id, { __proto__: null, resolve, reject });
    hostCall(id, name, json);
  });
  const settle = (id, ok, json) => {
    const waiting = mapGet(pending, id);
    if (waiting === undefined) return;
    mapDelete(pending, id);
    if (ok) {
      waiting.resolve(parse(json));
      return;
    }
    const error = parse(json);
    const e = new ErrorClass(error.message);
    defineProperty(e, 'name', { value: 'HostError', writable: true, enumerable: false, configurable: true });
    defineProperty(e, 'code', { value: error.code, writable: true, enumerable: true, configurable: true });
    waiting.reject(e);
  };
  const call = (name, fields) => freeze({
    [name](...args) {
      const request = create(null);
      for (let i = 0; i < fields.length; i++) if (args[i] !== undefined) request[fields[i]] = args[i];
      // A last argument beyond the positional ones carries named options.
      const options = args[fields.length];
      if (typeof options === 'object' && options !== null) for (const key of ownKeys(options)) if (typeof key === 'string') request[key] = options[key];
      return ask(name, request);
    },
  })[name];
  const named = (prefix, table) => {
    const result = {};
    for (const key of ownKeys(table)) result[key] = call(prefix + '.' + key, table[key]);
    return freeze(result);
  };
  const files = named('files', { list: ['path'], read: ['path'], write: ['path', 'content'] });
  const kv = named('kv', { get: ['key'], set: ['key', 'value'], delete: ['key'], list: ['prefix', 'limit'] });
  const db = named('db', { query: ['query', 'args', 'database'], exec: ['query', 'args', 'database'] });
  const cache = named('cache', { get: ['key'], set: ['key', 'value', 'ttl'], delete: ['key'] });
  const http = freeze({ request: { request(url, options) { return ask('http.request', typeof url === 'string' ? { method: 'GET', url, ...options } : url); } }.request });
  const email = named('email', { send: [] });
  const settings = named('config', { get: ['key'] });
  const plugin = named('plugin', { call: ['plugin', 'function', 'args'] });
  const time = named('time', { now: [] });
  const translate = call('translate', ['key', 'args', 'language']);
  const bytes = named('random', { bytes: ['count'] });
  // By its name: functions that an application adds have no shorthand.
  const any = freeze({ call(name, args) { return ask(StringOf(name), args ?? {}); } }).call;
  const shell = freeze({ execute: (command, args, options) => ask('shell.execute', typeof command === 'object' && command !== null ? command : { command, args, ...options }) });

  // ---- console ----
  const levels = { __proto__: null, debug: 0, trace: 0, log: 1, info: 1, warn: 2, error: 3 };
  const limit = (text, length) => (text.length > length ? slice(text, 0, length) + '…' : text);
  const inspectError = (value) => {
    const stack = value.stack;
    return errorToString(value) + (typeof stack === 'string' && stack !== '' ? '\n' + stack : '');
  };
  const inspect = (value, depth, seen) => {
    switch (typeof value) {
      case 'string': return depth === 0 ? value : stringify(limit(value, 1000));
      case 'bigint': return StringOf(value) + 'n';
      case 'symbol': return StringOf(value);
      case 'function': return '[Function' + (typeof value.name === 'string' && value.name !== '' ? ': ' + limit(value.name, 100) : '') + ']';
      case 'object': break;
      default: return StringOf(value);
    }
    if (value === null) return 'null';
    if (value instanceof ErrorClass) return inspectError(value);
    if (value instanceof DateClass) { try { return toISO(value); } catch { return 'Invalid Date'; } }
    for (let i = 0; i < seen.length; i++) if (seen[i] === value) return '[Circular]';
    if (depth > 3) return isArray(value) ? '[Array]' : '[Object]';
    const path = seen.concat([value]);
    return isArray(value) ? inspectArray(value, depth, path) : inspectObject(value, depth, path);
  };
  const inspectArray = (value, depth, seen) => {
    let text = '[';
    const count = value.length < 100 ? value.length : 100;
    for (let i = 0; i < count; i++) text += (i > 0 ? ', ' : '') + inspect(value[i], depth + 1, seen);
    return text + (value.length > count ? ', … ' + (value.length - count) + ' more]' : ']');
  };
  const inspectObject = (value, depth, seen) => {
    let text = '{', shown = 0;
    for (const key of ownKeys(value)) {
      const property = getOwnPropertyDescriptor(value, key);
      if (property === undefined || !property.enumerable) continue;
      if (shown === 100) { text += ', …'; break; }
      text += (shown++ > 0 ? ', ' : ' ') + StringOf(key) + ': ' + ('value' in property ? inspect(property.value, depth + 1, seen) : '[Getter]');
    }
    return text + (shown > 0 ? ' }' : '}');
  };
  const show = (value) => { try { return inspect(value, 0, []); } catch { return '[unprintable]'; } };
  const console = {};
  for (const name of ownKeys(levels)) {
    console[name] = { [name](...args) {
      let text = '';
      for (let i = 0; i < args.length; i++) text += (i > 0 ? ' ' : '') + show(args[i]);
      hostLog(levels[name], text);
    } }[name];
  }
  defineProperty(globalThis, 'console', { value: console, writable: true, enumerable: false, configurable: true });

  // The same log as the console's, with a level by name; for plugins that are written against the host API.
  const log = freeze({ log(level, message) { hostLog(levels[level] ?? levels.info, show(message)); } }.log);

  // ---- errors, told without trusting them ----
  const text = (f, fallback, length) => { try { const v = f(); return typeof v === 'string' ? limit(v, length) : fallback; } catch { return fallback; } };
  const describe = (e) => {
    const isObject = (typeof e === 'object' && e !== null) || typeof e === 'function';
    return stringify({
      __proto__: null,
      name: isObject ? text(() => e.name, 'Error', 200) : 'Error',
      message: isObject ? text(() => e.message, '', 10000) : text(() => StringOf(e), '', 10000),
      stack: isObject ? text(() => e.stack, '', 20000) : '',
      code: isObject ? text(() => e.code, '', 200) : '',
    });
  };

  // ---- loading and calling ----
  let exported, entry;
  const pick = (name) => {
    if (name === '') return entry;
    // Own exports only: toString and its like are nobody's plugin function.
    if (getOwnPropertyDescriptor(exported, name) !== undefined && typeof exported[name] === 'function') return exported[name];
    // What a CommonJS module exports is its default, as an import of it sees.
    return name === 'default' && typeof exported === 'function' ? exported : undefined;
  };
  const load = (target, entrypoint) => {
    exported = (typeof target === 'object' && target !== null) || typeof target === 'function' ? target : {};
    if (typeof target === 'function') entry = target;
    else if (entrypoint !== '' && typeof exported[entrypoint] === 'function') entry = exported[entrypoint];
    else if (typeof exported.default === 'function') entry = exported.default;
    if (typeof entry === 'function') return true;
    // A plugin of named functions only: each is called by its name.
    if (entrypoint === '') for (const key of ownKeys(exported)) if (typeof exported[key] === 'function') return true;
    return false;
  };
  const drive = async (f, input, config, context) => {
    try {
      const gitu = { files, shell };
      const ctx = { input: parse(input), config: parse(config), context: parse(context), gitu, host: { files, kv, db, cache, http, email, config: settings, plugin, time, random: bytes, translate, log, shell, call: any } };
      const value = await apply(f, undefined, [ctx]);
      let json;
      try { json = stringify(value); } catch (e) { hostDone('R', describe(e)); return; }
      hostDone('V', json === undefined ? 'null' : json);
    } catch (e) {
      hostDone('E', describe(e));
    }
  };
  const operations = {
    __proto__: null,
    // A CommonJS wrapper: true when there is something to call.
    cjs(wrapper, entrypoint) {
      const module = { exports: {} };
      apply(wrapper, module.exports, [module.exports, module]);
      return load(module.exports, entrypoint);
    },
    esm: (namespace, entrypoint) => load(namespace, entrypoint),
    call(name, input, config, context, a, b, c, d) {
      s0 = a | 0; s1 = b | 0; s2 = c | 0; s3 = d | 1;
      const f = pick(name);
      if (f === undefined) { hostDone('N', 'null'); return; }
      drive(f, input, config, context);
    },
    settle,
    describe,
  };
  return (name, ...args) => apply(operations[name], undefined, args);
})
