// What the plugin contributes, and its functions: JSON in, JSON out.
#include <stdio.h>

#include "gk.h"

const char *gk_plugin_register(void) {
  return "{\"name\":\"my-plugin\",\"version\":\"0.1.0\",\"routes\":[{\"method\":\"GET\",\"path\":\"/hello\",\"handler\":\"hello\"}]}";
}

const char *gk_plugin_call(const char *function, const char *args) {
  if (strcmp(function, "hello") != 0) return "{\"error\":\"unknown function\"}";
  gk_log(GK_INFO, "asked");
  return "{\"hello\":\"world\"}";
}
