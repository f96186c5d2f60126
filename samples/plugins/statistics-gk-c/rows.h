// Text that grows, and the little reading of JSON that rows of {label, count} need. The host writes that JSON, so a form that is not
// expected is a mistake in the query: it ends the call.
#ifndef ROWS_H
#define ROWS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text { char *bytes; size_t length, room; };

static void add_bytes(struct text *text, const char *bytes, size_t length) {
  if (text->length + length + 1 > text->room) {
    text->room = (text->length + length + 1) * 2;
    text->bytes = realloc(text->bytes, text->room);
    if (text->bytes == NULL) abort();
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

static void add(struct text *text, const char *more) { add_bytes(text, more, strlen(more)); }

static void add_number(struct text *text, long number) {
  char digits[24];
  add_bytes(text, digits, (size_t)snprintf(digits, sizeof digits, "%ld", number));
}

// As the inside of a JSON string.
static void add_json(struct text *text, const char *plain) {
  for (; *plain != 0; plain++) {
    char escaped[8];
    if (*plain == '"' || *plain == '\\') { add_bytes(text, "\\", 1); add_bytes(text, plain, 1); }
    else if ((unsigned char)*plain < 0x20) add_bytes(text, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", *plain));
    else add_bytes(text, plain, 1);
  }
}

// As text of an HTML element.
static void add_html(struct text *text, const char *plain) {
  for (; *plain != 0; plain++) {
    if (*plain == '&') add(text, "&amp;");
    else if (*plain == '<') add(text, "&lt;");
    else if (*plain == '>') add(text, "&gt;");
    else if (*plain == '"') add(text, "&quot;");
    else add_bytes(text, plain, 1);
  }
}

static void add_utf8(struct text *text, unsigned code) {
  char bytes[3];
  if (code < 0x80) { bytes[0] = (char)code; add_bytes(text, bytes, 1); return; }
  if (code < 0x800) { bytes[0] = (char)(0xC0 | code >> 6); bytes[1] = (char)(0x80 | (code & 63)); add_bytes(text, bytes, 2); return; }
  bytes[0] = (char)(0xE0 | code >> 12); bytes[1] = (char)(0x80 | (code >> 6 & 63)); bytes[2] = (char)(0x80 | (code & 63));
  add_bytes(text, bytes, 3);
}

// The string at *at, which is moved behind it.
static char *take_string(const char **at) {
  struct text text = {0};
  add(&text, "");
  if (**at != '"') abort();
  for (++*at; **at != '"'; ++*at) {
    if (**at == 0) abort();
    if (**at != '\\') { add_bytes(&text, *at, 1); continue; }
    switch (*++*at) {
      case 'n': add(&text, "\n"); break;
      case 't': add(&text, "\t"); break;
      case 'r': add(&text, "\r"); break;
      case 'b': add(&text, "\b"); break;
      case 'f': add(&text, "\f"); break;
      case 'u': {
        char digits[5] = {0};
        strncpy(digits, *at + 1, 4);
        if (strlen(digits) != 4) abort();
        add_utf8(&text, (unsigned)strtoul(digits, NULL, 16));
        *at += 4;
        break;
      }
      case 0: abort();
      default: add_bytes(&text, *at, 1);
    }
  }
  ++*at;
  return text.bytes;
}

static bool take(const char **at, const char *expected) {
  if (strncmp(*at, expected, strlen(expected)) != 0) return false;
  *at += strlen(expected);
  return true;
}

struct row { char *label; long count; };

// [{"label":"…","count":N},…]; the end is a row without a label.
static struct row *read_rows(const char *json) {
  size_t rows = 0;
  struct row *all = calloc(1, sizeof *all);
  if (!take(&json, "[")) abort();
  while (!take(&json, "]")) {
    take(&json, ",");
    if (!take(&json, "{\"label\":")) abort();
    all = realloc(all, (rows + 2) * sizeof *all);
    if (all == NULL) abort();
    all[rows].label = take_string(&json);
    if (!take(&json, ",\"count\":")) abort();
    all[rows++].count = strtol(json, (char **)&json, 10);
    if (!take(&json, "}")) abort();
    all[rows].label = NULL;
  }
  return all;
}

#endif
