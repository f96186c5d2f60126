// Keeps what it is given, with GoatKit's interface: ?key=…&value=… and ?key=…
#include "gk.h"

static const char registration[] =
  "{\"name\":\"ledger-c\",\"version\":\"1.0.0\",\"routes\":["
  "{\"method\":\"GET\",\"path\":\"/soak/ledger-c/set\",\"handler\":\"set\",\"middleware\":[\"public\"]},"
  "{\"method\":\"GET\",\"path\":\"/soak/ledger-c/get\",\"handler\":\"get\",\"middleware\":[\"public\"]}]}";

// A member's text as it is in the arguments, quotes included. The host has written them, without spaces.
static const char *member(const char *args, const char *name, uint32_t *length) {
  const char *at = strstr(args, name);
  if (at == NULL) abort();
  at += strlen(name);
  const char *end = strchr(at + 1, '"');
  if (*at != '"' || end == NULL) abort();
  *length = (uint32_t)(end - at) + 1;
  return at;
}

static char *append(char *to, const char *text, uint32_t length) {
  memcpy(to, text, length);
  return to + length;
}

const char *gk_plugin_register(void) { return registration; }

const char *gk_plugin_call(const char *function, const char *args) {
  char *request = malloc(strlen(args) + 64), *end = append(request, "{\"key\":", 7);
  uint32_t length;
  const char *text = member(args, "\"key\":", &length);
  end = append(end, text, length);
  int set = strcmp(function, "set") == 0;
  if (set) {
    text = member(args, "\"value\":", &length);
    end = append(append(end, ",\"value\":", 9), text, length);
  }
  append(end, "}", 2);
  const char *reply = gk_host(set ? "kv_set" : "kv_get", request);
  if (reply == NULL) abort();
  return reply;
}
