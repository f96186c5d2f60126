// A plugin that behaves in every way the tests ask for.
#include <time.h>

#include "behaviours.h"
#include "gk.h"

static int registered;

const char *gk_plugin_register(void) {
  registered++;
  return "{\"name\":\"probe\",\"version\":\"1.2.3\",\"routes\":[{\"method\":\"GET\",\"path\":\"/probe\",\"handler\":\"echo\"}]}";
}

const char *gk_plugin_call(const char *function, const char *args) {
  if (strcmp(function, "echo") == 0) return args;
  if (strcmp(function, "empty") == 0) return "";
  if (strcmp(function, "count") == 0) return number(++calls);
  if (strcmp(function, "registered") == 0) return number(registered);
  if (strcmp(function, "text") == 0) return "not JSON";
  if (strcmp(function, "loop") == 0) loop();
  if (strcmp(function, "trap") == 0) __builtin_trap();
  if (strcmp(function, "exit") == 0) exit(3);
  if (strcmp(function, "deep") == 0) return number(deep(0));
  if (strcmp(function, "sleep") == 0) { sleep(3600); return "0"; }
  if (strcmp(function, "time") == 0) return number(time(NULL));
  if (strcmp(function, "print") == 0) { printf("one\ntwo"); fflush(stdout); return "0"; }
  if (strcmp(function, "log") == 0) { gk_log(GK_WARN, *args ? args : "hello"); return "0"; }
  if (strcmp(function, "flood") == 0) { for (;;) gk_log(GK_INFO, "again"); }
  if (strcmp(function, "ask") == 0) { for (;;) gk_host("kv_get", "{\"key\":\"k\"}"); }
  if (strcmp(function, "file") == 0) return fopen("/etc/passwd", "r") == NULL ? "null" : "\"opened\"";
  if (strcmp(function, "env") == 0) return getenv("PATH") == NULL ? "null" : "\"set\"";
  if (strcmp(function, "large") == 0) return large();
  if (strcmp(function, "memory") == 0) { use_memory(); return "\"refused\""; }
  // Anything else is a host function's name.
  const char *reply = gk_host(function, args);
  return reply == NULL ? "\"refused\"" : reply;
}
