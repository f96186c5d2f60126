// Reads the cache as often as its input says.
#include "gk.h"

const char *gk_plugin_register(void) { return "{\"name\":\"cache\"}"; }

const char *gk_plugin_call(const char *function, const char *args) {
  for (int n = atoi(args); n > 0; n--) {
    uint64_t reply = gk_import_host_call("cache_get", 9, "{\"key\":\"k\"}", 11);
    if (reply == 0) return "0";
    free((void *)(uintptr_t)(reply >> 32));
  }
  return "1";
}
