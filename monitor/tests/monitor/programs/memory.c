/* Touches so many KiB of memory, once. */
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) * 1024 : 0;
  if (size == 0) return 0;
  volatile char *block = malloc(size);
  if (block == NULL) return 1;
  memset((char *)block, 1, size);
  return block[size - 1] != 1;
}
