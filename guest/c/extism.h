// A plugin in C for the Extism interface, in one header. Write functions as EXTISM_FUNCTION(name) { … return 0; } and compile with
//   clang --target=wasm32-wasi -mexec-model=reactor -O2 -I guest/c plugin.c -o plugin.wasm
#ifndef EXTISM_H
#define EXTISM_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXTISM_IMPORT(module, name) __attribute__((import_module(module), import_name(name))) extern
#define EXTISM_FUNCTION(name) __attribute__((export_name(#name))) int32_t name(void)

// A block of the memory that plugin and host pass bytes through; 0 is none.
typedef uint64_t extism_handle;

EXTISM_IMPORT("extism:host/env", "alloc") extism_handle extism_alloc(uint64_t length);
EXTISM_IMPORT("extism:host/env", "free") void extism_free(extism_handle block);
EXTISM_IMPORT("extism:host/env", "length") uint64_t extism_length(extism_handle block);
EXTISM_IMPORT("extism:host/env", "load_u8") uint8_t extism_load_u8(uint64_t address);
EXTISM_IMPORT("extism:host/env", "load_u64") uint64_t extism_load_u64(uint64_t address);
EXTISM_IMPORT("extism:host/env", "store_u8") void extism_store_u8(uint64_t address, uint8_t value);
EXTISM_IMPORT("extism:host/env", "store_u64") void extism_store_u64(uint64_t address, uint64_t value);
EXTISM_IMPORT("extism:host/env", "input_length") uint64_t extism_input_length(void);
EXTISM_IMPORT("extism:host/env", "input_load_u8") uint8_t extism_input_load_u8(uint64_t offset);
EXTISM_IMPORT("extism:host/env", "output_set") void extism_output_set(uint64_t address, uint64_t length);
EXTISM_IMPORT("extism:host/env", "error_set") void extism_error_set(extism_handle message);
EXTISM_IMPORT("extism:host/env", "config_get") extism_handle extism_config_get(extism_handle key);
EXTISM_IMPORT("extism:host/env", "var_get") extism_handle extism_var_get(extism_handle key);
EXTISM_IMPORT("extism:host/env", "var_set") void extism_var_set(extism_handle key, extism_handle value);
EXTISM_IMPORT("extism:host/env", "http_request") extism_handle extism_http_request(extism_handle request, extism_handle body);
EXTISM_IMPORT("extism:host/env", "http_status_code") int32_t extism_http_status_code(void);
EXTISM_IMPORT("extism:host/env", "log_info") void extism_log_info(extism_handle message);
EXTISM_IMPORT("extism:host/env", "log_warn") void extism_log_warn(extism_handle message);
// Paddock's own: any host function, by its name and arguments as JSON; {"value":…} or {"error":{"code","message"}} back.
EXTISM_IMPORT("extism:host/user", "paddock_call") extism_handle extism_paddock_call(extism_handle name, extism_handle args);

static inline extism_handle extism_text(const char *text) {
  uint64_t length = strlen(text);
  extism_handle block = extism_alloc(length);
  for (uint64_t i = 0; i < length; i++) extism_store_u8(block + i, (uint8_t)text[i]);
  return block;
}

// A block's bytes with a zero after them, for the caller to free; the block is freed.
static inline char *extism_take(extism_handle block) {
  uint64_t length = extism_length(block);
  char *text = malloc(length + 1);
  if (text == NULL) abort();
  for (uint64_t i = 0; i < length; i++) text[i] = (char)extism_load_u8(block + i);
  text[length] = 0;
  extism_free(block);
  return text;
}

static inline char *extism_input(void) {
  uint64_t length = extism_input_length();
  char *text = malloc(length + 1);
  if (text == NULL) abort();
  for (uint64_t i = 0; i < length; i++) text[i] = (char)extism_input_load_u8(i);
  text[length] = 0;
  return text;
}

static inline int32_t extism_output(const char *text) {
  extism_output_set(extism_text(text), strlen(text));
  return 0;
}

static inline int32_t extism_fail(const char *message) {
  extism_error_set(extism_text(message));
  return 1;
}

#endif
