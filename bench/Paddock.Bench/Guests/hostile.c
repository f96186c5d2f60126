// Does what a plugin should not, with GoatKit's interface.
#include "gk.h"

static const char registration[] =
  "{\"name\":\"hostile-c\",\"version\":\"1.0.0\",\"routes\":["
  "{\"method\":\"GET\",\"path\":\"/soak/hostile-c/loop\",\"handler\":\"loop\",\"middleware\":[\"public\"]},"
  "{\"method\":\"GET\",\"path\":\"/soak/hostile-c/memory\",\"handler\":\"memory\",\"middleware\":[\"public\"]},"
  "{\"method\":\"GET\",\"path\":\"/soak/hostile-c/stack\",\"handler\":\"stack\",\"middleware\":[\"public\"]},"
  "{\"method\":\"GET\",\"path\":\"/soak/hostile-c/trap\",\"handler\":\"trap\",\"middleware\":[\"public\"]},"
  "{\"method\":\"GET\",\"path\":\"/soak/hostile-c/outside\",\"handler\":\"outside\",\"middleware\":[\"public\"]},"
  "{\"method\":\"GET\",\"path\":\"/soak/hostile-c/flood\",\"handler\":\"flood\",\"middleware\":[\"public\"]},"
  "{\"method\":\"GET\",\"path\":\"/soak/hostile-c/denied\",\"handler\":\"denied\",\"middleware\":[\"public\"]}]}";

static volatile uint32_t sink;

static uint32_t deeper(uint32_t depth) {
  volatile char frame[256];
  frame[depth % 256] = (char)depth;
  return deeper(depth + 1) + (uint32_t)frame[depth % 256];
}

const char *gk_plugin_register(void) { return registration; }

const char *gk_plugin_call(const char *function, const char *args) {
  (void)args;
  if (strcmp(function, "loop") == 0) for (;;) sink++;
  if (strcmp(function, "memory") == 0) for (;;) memset(malloc(1 << 20), 1, 1 << 20);
  if (strcmp(function, "stack") == 0) sink = deeper(0);
  if (strcmp(function, "trap") == 0) __builtin_trap();
  if (strcmp(function, "outside") == 0) gk_import_log(GK_INFO, (const char *)0xfffffff0, 4096);
  if (strcmp(function, "flood") == 0) for (;;) gk_host("cache_get", "{\"key\":\"figures:flood\"}");
  // No grant covers it, so there is no reply; whoever gets one says so.
  if (strcmp(function, "denied") == 0) return gk_host("kv_get", "{\"key\":\"entry:c-0\"}") == NULL ? NULL : "\"escaped\"";
  abort();
}
