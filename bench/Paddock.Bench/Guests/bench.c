// What the bench of the platform calls, with GoatKit's interface.
#include "gk.h"

#ifdef PLAIN
static const char registration[] = "{}";
#else
static const char registration[] =
  "{\"name\":\"bench\",\"version\":\"1.0.0\",\"routes\":["
  "{\"method\":\"GET\",\"path\":\"/bench\",\"handler\":\"answer\",\"middleware\":[\"public\"]},"
  "{\"method\":\"GET\",\"path\":\"/bench/members\",\"handler\":\"answer\",\"middleware\":[\"auth\"]}]}";
#endif

static const char answer[] = "{\"greeting\":\"hello\",\"figures\":[1,2,3,4,5,6,7,8]}";

// As many reads of the cache as the argument says; the number of values found.
static const char *read_cache(const char *args) {
  static char result[16];
  const char *at = strstr(args, "\"calls\":");
  int found = 0;
  for (int left = at == NULL ? 1 : atoi(at + strlen("\"calls\":")); left > 0; left--) {
    char *reply = gk_host("cache_get", "{\"key\":\"figures:today\"}");
    if (reply == NULL) abort();
    found += strstr(reply, "\"found\":true") != NULL;
    free(reply);
  }
  int length = 0;
  char digits[16];
  do digits[length++] = (char)('0' + found % 10); while ((found /= 10) > 0);
  for (int i = 0; i < length; i++) result[i] = digits[length - 1 - i];
  result[length] = 0;
  return result;
}

static const char *fill_cache(void) {
  char *reply = gk_host("cache_set", "{\"key\":\"figures:today\",\"value\":{\"open\":17,\"closed\":4}}");
  return reply == NULL ? "false" : "true";
}

const char *gk_plugin_register(void) { return registration; }

const char *gk_plugin_call(const char *function, const char *args) {
  if (strcmp(function, "answer") == 0) return answer;
  if (strcmp(function, "read_cache") == 0) return read_cache(args);
  if (strcmp(function, "fill_cache") == 0) return fill_cache();
  return NULL;
}
