// What the guests in C share: misbehaviour that needs nothing of an interface.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int calls;

// Volatile, so that no compiler makes a loop of it.
static volatile int one = 1;
static int deep(int n) { return deep(n + one) + one; }

static void loop(void) { for (volatile int i = 0;; i++) {} }

static void use_memory(void) {
  for (;;) {
    volatile char *block = malloc(1 << 20);
    if (block == NULL) return;
    *block = 1;
  }
}

static char *large(void) {
  char *text = malloc(4000001);
  memset(text, '1', 4000000);
  text[4000000] = 0;
  return text;
}

static char *number(long long value) {
  char *text = malloc(32);
  snprintf(text, 32, "%lld", value);
  return text;
}
