// A plugin in C for GoatKit's interface, whole in one header. Define gk_plugin_register and gk_plugin_call, and compile with
//   clang --target=wasm32-wasi -mexec-model=reactor -O2 -I guest/c plugin.c -o plugin.wasm
#ifndef GK_H
#define GK_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GK_EXPORT(name) __attribute__((export_name(name)))
#define GK_IMPORT(name) __attribute__((import_module("gk"), import_name(name)))

enum gk_level { GK_DEBUG, GK_INFO, GK_WARN, GK_ERROR };

// What the plugin contributes, as JSON.
const char *gk_plugin_register(void);

// Calls a function: its name and its arguments as JSON ("" for none), both ending in a zero byte. The result is JSON.
const char *gk_plugin_call(const char *function, const char *args);

GK_IMPORT("host_call") uint64_t gk_import_host_call(const char *name, uint32_t name_length, const char *args, uint32_t args_length);
GK_IMPORT("log") void gk_import_log(uint32_t level, const char *message, uint32_t length);

GK_EXPORT("gk_malloc") void *gk_malloc(uint32_t size) { return malloc(size); }
GK_EXPORT("gk_free") void gk_free(void *memory) { free(memory); }

static inline uint64_t gk_pack(const char *text) {
  return text == NULL ? 0 : ((uint64_t)(uintptr_t)text << 32) | (uint32_t)strlen(text);
}

static inline char *gk_text(const char *bytes, uint32_t length) {
  char *text = malloc((size_t)length + 1);
  if (text == NULL) abort();
  if (length > 0) memcpy(text, bytes, length);
  text[length] = 0;
  return text;
}

static inline void gk_log(enum gk_level level, const char *message) { gk_import_log(level, message, (uint32_t)strlen(message)); }

// Asks the host: JSON in, JSON out; NULL when it refused or failed, which the plugin's log then says. The reply is the caller's to free.
static inline char *gk_host(const char *name, const char *args) {
  uint64_t reply = gk_import_host_call(name, (uint32_t)strlen(name), args, (uint32_t)strlen(args));
  if (reply == 0) return NULL;
  char *bytes = (char *)(uintptr_t)(reply >> 32);
  char *text = gk_text(bytes, (uint32_t)reply);
  free(bytes);
  return text;
}

GK_EXPORT("gk_register") uint64_t gk_register(void) { return gk_pack(gk_plugin_register()); }

GK_EXPORT("gk_call") uint64_t gk_call(const char *function, uint32_t function_length, const char *args, uint32_t args_length) {
  char *name = gk_text(function, function_length);
  char *text = gk_text(args, args_length);
  uint64_t result = gk_pack(gk_plugin_call(name, text));
  free(name);
  free(text);
  return result;
}

#endif
