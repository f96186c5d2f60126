// Paddock's host functions: any of them, by its name and arguments as JSON.
import { Memory } from "@extism/as-pdk";
import { length } from "@extism/as-pdk/lib/env";
import { quote, Reader } from "./rows";

@external("extism:host/user", "paddock_call")
declare function paddock_call(name: u64, args: u64): u64;

// The value's JSON. A refusal ends the call, with the host's own words.
export function ask(name: string, args: string): string {
  const reply = paddock_call(Memory.allocateString(name).offset, Memory.allocateString(args).offset);
  const json = new Memory(reply, length(reply)).toString();
  if (!json.startsWith('{"value":')) throw new Error(name + ": " + json);
  return json.substring(9, json.length - 1);
}

export function query(sql: string): string {
  return ask("db.query", '{"query":' + quote(sql) + "}");
}

// The text of a key in the caller's language.
export function translated(key: string): string {
  const reader = new Reader(ask("translate", '{"key":' + quote(key) + "}"));
  reader.expect('{"value":');
  return reader.text();
}
