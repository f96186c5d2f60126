// A plugin that learns all that there is to learn from outside: time, randomness, and replies of the host, refused ones too.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "gk.h"

const char *gk_plugin_register(void) { return "{\"name\":\"learn\",\"version\":\"1.0.0\"}"; }

const char *gk_plugin_call(const char *function, const char *args) {
  static char result[512];
  struct timespec now, since;
  unsigned char random[8];
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_MONOTONIC, &since);
  getentropy(random, sizeof random);
  char *value = gk_host("kv_get", args);
  char *refused = gk_host("cache_get", args);
  if (strcmp(function, "fail") == 0 && random[0] < 256) __builtin_trap();
  snprintf(result, sizeof result, "[%lld,%lld,%d,%d,%s,%s]", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, (long long)since.tv_nsec,
           random[0] * 256 + random[1], random[7], value == NULL ? "null" : value, refused == NULL ? "null" : refused);
  return result;
}
