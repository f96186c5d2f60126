// A plugin that behaves in every way the tests ask for.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "gk.h"

static int calls;
static int registered;

const char *gk_plugin_register(void) {
  registered++;
  return "{\"name\":\"probe\",\"version\":\"1.2.3\",\"routes\":[{\"method\":\"GET\",\"path\":\"/probe\",\"handler\":\"echo\"}]}";
}

static const char *number(long long value) {
  static char text[32];
  snprintf(text, sizeof text, "%lld", value);
  return text;
}

// Volatile, so that no compiler makes a loop of it.
static volatile int one = 1;
static int deep(int n) { return deep(n + one) + one; }

const char *gk_plugin_call(const char *function, const char *args) {
  if (strcmp(function, "echo") == 0) return args;
  if (strcmp(function, "empty") == 0) return "";
  if (strcmp(function, "count") == 0) return number(++calls);
  if (strcmp(function, "registered") == 0) return number(registered);
  if (strcmp(function, "text") == 0) return "not JSON";
  if (strcmp(function, "loop") == 0) { for (volatile int i = 0;; i++) {} }
  if (strcmp(function, "trap") == 0) __builtin_trap();
  if (strcmp(function, "exit") == 0) exit(3);
  if (strcmp(function, "deep") == 0) return number(deep(0));
  if (strcmp(function, "sleep") == 0) { sleep(3600); return "0"; }
  if (strcmp(function, "time") == 0) return number(time(NULL));
  if (strcmp(function, "print") == 0) { printf("one\ntwo"); fflush(stdout); return "0"; }
  if (strcmp(function, "log") == 0) { gk_log(GK_WARN, args); return "0"; }
  if (strcmp(function, "flood") == 0) { for (;;) gk_log(GK_INFO, "again"); }
  if (strcmp(function, "ask") == 0) { for (;;) gk_host("kv_get", "{\"key\":\"k\"}"); }
  if (strcmp(function, "file") == 0) return fopen("/etc/passwd", "r") == NULL ? "null" : "\"opened\"";
  if (strcmp(function, "env") == 0) return getenv("PATH") == NULL ? "null" : "\"set\"";
  if (strcmp(function, "large") == 0) {
    char *text = malloc(4000000);
    memset(text, '1', 4000000);
    text[3999999] = 0;
    return text;
  }
  if (strcmp(function, "memory") == 0) {
    for (;;) { char *block = malloc(1 << 20); if (block == NULL) return "\"refused\""; *(volatile char *)block = 1; }
  }
  // Anything else is a host function's name.
  const char *reply = gk_host(function, args);
  return reply == NULL ? "\"refused\"" : reply;
}
