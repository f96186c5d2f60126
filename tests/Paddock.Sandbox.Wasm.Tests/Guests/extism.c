#include "extism.h"
#include "behaviours.h"

static char *ask(const char *name, const char *args) { return extism_take(extism_paddock_call(extism_text(name), extism_text(args))); }

__attribute__((export_name("register"))) int32_t registration(void) { return extism_output("{\"name\":\"probe\",\"version\":\"1.2.3\"}"); }
EXTISM_FUNCTION(echo) { return extism_output(extism_input()); }
EXTISM_FUNCTION(empty) { return 0; }
EXTISM_FUNCTION(fail) { return extism_fail("it failed"); }
EXTISM_FUNCTION(count) { return extism_output(number(++calls)); }
EXTISM_FUNCTION(text) { return extism_output("not JSON"); }
EXTISM_FUNCTION(loop_forever) { loop(); return 0; }
EXTISM_FUNCTION(trap) { __builtin_trap(); }
EXTISM_FUNCTION(recurse) { return deep(0); }
EXTISM_FUNCTION(memory_bomb) { use_memory(); return 0; }
EXTISM_FUNCTION(blocks) { for (;;) extism_alloc(1 << 20); }
EXTISM_FUNCTION(nap) { sleep(3600); return 0; }
EXTISM_FUNCTION(large_result) { return extism_output(large()); }
EXTISM_FUNCTION(log_line) { extism_log_warn(extism_text("hello")); return 0; }
EXTISM_FUNCTION(flood) { for (;;) extism_log_info(extism_text("again")); }
EXTISM_FUNCTION(ask_once) { return extism_output(ask("kv.get", "{\"key\":\"k\"}")); }
EXTISM_FUNCTION(ask_forever) { for (;;) free(ask("kv.get", "{\"key\":\"k\"}")); }
EXTISM_FUNCTION(config) { return extism_output(extism_take(extism_config_get(extism_text("name")))); }
EXTISM_FUNCTION(fetch) {
  extism_handle body = extism_http_request(extism_text("{\"url\":\"https://example.com/\",\"method\":\"POST\",\"headers\":{\"a\":\"b\"}}"), extism_text("hi"));
  char *text = extism_take(body);
  char *result = malloc(strlen(text) + 32);
  sprintf(result, "[%d,\"%s\"]", extism_http_status_code(), text);
  return extism_output(result);
}
EXTISM_FUNCTION(variable) {
  extism_handle before = extism_var_get(extism_text("v"));
  extism_var_set(extism_text("v"), extism_text("\"set\""));
  return extism_output(before == 0 ? "null" : extism_take(before));
}
EXTISM_FUNCTION(outside) { return (int32_t)extism_load_u64(1ull << 40); }
EXTISM_FUNCTION(file) { return extism_output(fopen("/etc/passwd", "r") == NULL ? "null" : "1"); }
EXTISM_FUNCTION(env) { return extism_output(getenv("PATH") == NULL ? "null" : "1"); }
