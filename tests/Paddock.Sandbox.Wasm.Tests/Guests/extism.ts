// An Extism plugin with Extism's own library for AssemblyScript.
import { Config, Host, LogLevel, Var } from "@extism/as-pdk";

let calls = 0;

export function echo(): i32 {
  Host.outputString(Host.inputString());
  return 0;
}

export function count(): i32 {
  Host.outputString((++calls).toString());
  return 0;
}

export function text(): i32 {
  Host.outputString("not JSON");
  return 0;
}

export function fail(): i32 {
  throw new Error("it failed");
}

export function loop_forever(): i32 {
  while (true) {}
  return 0;
}

export function large_result(): i32 {
  Host.outputString("1".repeat(200000));
  return 0;
}

export function flood(): i32 {
  while (true) Host.log(LogLevel.Info, "again");
  return 0;
}

function deep(n: i32): i32 { return n < 0 ? 0 : deep(n + calls) + 1; }

export function recurse(): i32 {
  Host.outputString(deep(0).toString());
  return 0;
}

export function memory_bomb(): i32 {
  const all: Uint8Array[] = [];
  while (true) all.push(new Uint8Array(1 << 20));
  return 0;
}

export function log_line(): i32 {
  Host.log(LogLevel.Warn, "hello");
  return 0;
}

export function config(): i32 {
  const name = Config.get("name");
  Host.outputString(name == null ? "null" : '"' + name + '"');
  return 0;
}

export function variable(): i32 {
  const before = Var.getString("v");
  Var.set("v", Uint8Array.wrap(String.UTF8.encode('"set"')));
  Host.outputString(before == null ? "null" : before);
  return 0;
}
