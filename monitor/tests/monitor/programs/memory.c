/* Touches so many KiB of memory, once, after it has read all of a file through a mapping, if one is named. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static int read_all(const char *name) {
  struct stat found;
  int file = open(name, O_RDONLY), sum = 0;
  if (file < 0 || fstat(file, &found) != 0) exit(2);
  const char *bytes = mmap(NULL, found.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (bytes == MAP_FAILED) exit(3);
  for (off_t at = 0; at < found.st_size; at += 4096) sum += bytes[at];
  return sum;
}

int main(int argc, char **argv) {
  size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) * 1024 : 0;
  if (argc > 2 && read_all(argv[2]) == 1) return 1;
  if (size == 0) return 0;
  volatile char *block = malloc(size);
  if (block == NULL) return 1;
  memset((char *)block, 1, size);
  return block[size - 1] != 1;
}
