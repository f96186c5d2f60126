// Types of what a Paddock plugin in JavaScript is called with. Refer to it from a plugin:
//   /** @param {import("./paddock").Context} ctx */
//   module.exports = async (ctx) => …

/** Anything that JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The one argument of every exported function. */
export interface Context<Input = any, Config = any> {
  /** The caller's input. */
  input: Input;
  /** The plugin's config, checked against its schema; null without one. */
  config: Config;
  /** The caller's context: who calls, in which language. */
  context: any;
  /** The host. A call that no grant covers is rejected with a {@link HostError}. */
  host: Host;
}

/** Why a host call failed. */
export interface HostError extends Error {
  name: 'HostError';
  /** PERMISSION_DENIED, RATE_LIMITED, QUOTA_EXCEEDED, INVALID_ARGUMENT, … */
  code: string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Host {
  /** The host's databases. `?` stands for an argument; the database itself decides what a plugin may touch. */
  db: {
    query(query: string, args?: Json[], database?: string): Promise<Record<string, Json>[]>;
    exec(query: string, args?: Json[], database?: string): Promise<{ affected: number }>;
  };
  /** The plugin's part of the host's cache. `ttl` is in seconds. */
  cache: {
    get(key: string): Promise<{ value: Json; found: boolean }>;
    set(key: string, value: Json, ttl?: number): Promise<{ ok: boolean }>;
    delete(key: string): Promise<{ ok: boolean }>;
  };
  /** The plugin's own store, which outlives its calls. */
  kv: {
    /** null where there is no such key. */
    get(key: string): Promise<Json>;
    set(key: string, value: Json): Promise<boolean>;
    delete(key: string): Promise<boolean>;
    list(prefix?: string, limit?: number): Promise<string[]>;
  };
  http: {
    request(url: string, options?: HttpRequest): Promise<HttpResponse>;
    request(request: HttpRequest & { url: string }): Promise<HttpResponse>;
  };
  email: {
    send(mail: { to: string | string[]; subject: string; body: string; html?: boolean | string }): Promise<{ ok: boolean }>;
  };
  /** The host's configuration. */
  config: { get(key: string): Promise<{ value: Json }> };
  /** A text in the caller's language. */
  translate(key: string, args?: Json, language?: string): Promise<{ value: string }>;
  /** Another plugin's function; what it returns. */
  plugin: { call(plugin: string, name: string, args?: Json): Promise<any> };
  time: { now(): Promise<{ unixMs: number; iso: string }> };
  random: { bytes(count: number): Promise<{ base64: string }> };
  /** Files under the granted directories. */
  files: {
    list(path: string): Promise<any>;
    read(path: string): Promise<any>;
    write(path: string, content: string): Promise<any>;
  };
  /** Granted commands, without a shell between. */
  shell: { execute(command: string, args?: string[], options?: { cwd?: string; timeoutMs?: number }): Promise<any> };
  /** Any function of the host by its name, those included that an application adds. */
  call(name: string, args?: { [key: string]: Json }): Promise<any>;
  /** The plugin's log; console.log writes to the same. */
  log(level: LogLevel, message: unknown): void;
}

export interface HttpRequest {
  method?: string;
  /** A header is text, or the name of a secret that the host puts in. */
  headers?: Record<string, string | { secret: string; format?: string }>;
  body?: string;
  /** Of the bodies of request and response. Default utf8. */
  encoding?: 'utf8' | 'base64';
  timeoutMs?: number;
  /** With manual a redirect is an answer like any other. Default follow. */
  redirect?: 'follow' | 'manual';
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
  encoding: 'utf8' | 'base64';
}

/** A plugin may export a function "register" that says what it contributes; it is asked once, with every host call refused. */
export type Register = () => Json;
