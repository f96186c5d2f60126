// A WASI command: JSON from standard input, JSON to standard output, the function's name as its first argument.
#include "behaviours.h"

static char *input(void) {
  static char text[1 << 16];
  size_t length = fread(text, 1, sizeof text - 1, stdin);
  text[length] = 0;
  return text;
}

int main(int argc, char **argv) {
  const char *function = argc > 1 ? argv[1] : "echo";
  if (strcmp(function, "echo") == 0) fputs(input(), stdout);
  else if (strcmp(function, "count") == 0) fputs(number(++calls), stdout);
  else if (strcmp(function, "text") == 0) fputs("not JSON", stdout);
  else if (strcmp(function, "loop") == 0) loop();
  else if (strcmp(function, "trap") == 0) __builtin_trap();
  else if (strcmp(function, "deep") == 0) return deep(0);
  else if (strcmp(function, "memory") == 0) use_memory();
  else if (strcmp(function, "sleep") == 0) sleep(3600);
  else if (strcmp(function, "nap") == 0) fputs(usleep(2000) == 0 ? "1" : "0", stdout);
  else if (strcmp(function, "large") == 0) fputs(large(), stdout);
  else if (strcmp(function, "log") == 0) fputs("hello\n", stderr);
  else if (strcmp(function, "flood") == 0) { for (;;) fputs("again\n", stderr); }
  else if (strcmp(function, "config") == 0) fputs(getenv("PADDOCK_CONFIG"), stdout);
  else if (strcmp(function, "file") == 0) fputs(fopen("/etc/passwd", "r") == NULL ? "null" : "1", stdout);
  else if (strcmp(function, "path") == 0) fputs(getenv("PATH") == NULL ? "null" : "1", stdout);
  else {
    fprintf(stderr, "no function %s\n", function);
    return 2;
  }
  return 0;
}
