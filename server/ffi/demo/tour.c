/* Calls every function of gavel.h, from several threads too: tour <address> [token]. Fails loudly at the first surprise.
 * cc tour.c -I../include -lgavel_ffi -lpthread */
#include <gavel.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(so)                                                                                \
  do {                                                                                            \
    if (!(so)) {                                                                                  \
      char *why = LastError();                                                                    \
      fprintf(stderr, "line %d: not so: %s (last error: %s)\n", __LINE__, #so, why ? why : "none"); \
      exit(1);                                                                                    \
    }                                                                                             \
  } while (0)

#define THREADS 4
#define RUNS 5

/* Has a command echo a word, and looks for the word in the answer. */
static void echo(const char *word) {
  char request[1024];
  snprintf(request, sizeof request,
           "{\"requestId\": \"%s\", \"cmd\": [{\"args\": [\"/bin/echo\", \"said-%s\"], \"env\": [\"PATH=/usr/bin:/bin\"],"
           " \"files\": [{\"content\": \"\"}, {\"name\": \"stdout\", \"max\": 1000}, {\"name\": \"stderr\", \"max\": 1000}],"
           " \"cpuLimit\": 5000000000, \"clockLimit\": 10000000000, \"memoryLimit\": 67108864, \"procLimit\": 5}]}",
           word, word);
  char *answer = Exec(request);
  EXPECT(answer != NULL);
  char said[64], id[64];
  snprintf(said, sizeof said, "said-%s", word);
  snprintf(id, sizeof id, "{\"requestId\":\"%s\",\"results\":[", word);
  if (!strstr(answer, "\"status\":\"Accepted\"")) fprintf(stderr, "%s\n", answer);
  EXPECT(strstr(answer, "\"status\":\"Accepted\""));
  EXPECT(strstr(answer, said));
  EXPECT(strncmp(answer, id, strlen(id)) == 0);
  free(answer);
}

static void *many(void *argument) {
  for (int run = 0; run < RUNS; run++) {
    char word[32];
    snprintf(word, sizeof word, "%d-%d", *(int *)argument, run);
    echo(word);
  }
  return NULL;
}

/* What goes wrong is told, and changes nothing. */
static void mistakes(void) {
  EXPECT(Exec(NULL) == NULL);
  char *why = LastError();
  EXPECT(why && strstr(why, "NULL"));
  Free(why);
  char *answer = Exec("{\"requestId\": \"x\", \"cmd\": []}");
  EXPECT(answer && strcmp(answer, "{\"requestId\":\"x\",\"results\":[],\"error\":\"no cmd provided\"}") == 0);
  Free(answer);
  EXPECT(FileAdd(NULL, 3, "a") == NULL);
  EXPECT(FileAdd("abc", -1, "a") == NULL);
  EXPECT(FileAdd("abc", 3, NULL) == NULL);
  EXPECT(FileList(NULL, NULL) == 0);
  char *content;
  EXPECT(FileGet("NOSUCHFILE", &content) == -1 && content == NULL);
  EXPECT(FileGet("../config", &content) == -1);
  EXPECT(FileGet(NULL, &content) == -2);
  EXPECT(FileGet("X", NULL) == -2);
  EXPECT(FileDelete("NOSUCHFILE") == 0);
  EXPECT(FileDelete("..") == 0);
}

static void files(void) {
  static const char bytes[] = "a\0b\xff\r\n--";
  char *id = FileAdd(bytes, sizeof bytes, "b\xc3\xa4r \"x\".bin");
  EXPECT(id != NULL);
  EXPECT(LastError() == NULL);
  char *content = NULL;
  EXPECT(FileGet(id, &content) == sizeof bytes);
  EXPECT(memcmp(content, bytes, sizeof bytes) == 0);
  free(content);
  char **ids, **names;
  size_t count = FileList(&ids, &names), found = 0;
  for (size_t at = 0; at < count; at++) {
    found += strcmp(ids[at], id) == 0 && strcmp(names[at], "b\xc3\xa4r \"x\".bin") == 0;
    free(ids[at]);
    free(names[at]);
  }
  free(ids);
  free(names);
  EXPECT(found == 1);
  EXPECT(FileDelete(id) == 1);
  EXPECT(FileDelete(id) == 0);
  EXPECT(FileGet(id, &content) == -1);
  free(id);
  id = FileAdd(NULL, 0, "empty");
  EXPECT(id != NULL);
  EXPECT(FileGet(id, &content) == 0 && content != NULL);
  free(content);
  EXPECT(FileDelete(id) == 1);
  free(id);
}

int main(int argc, char **argv) {
  EXPECT(argc >= 2);
  char *early = Exec("{}");
  EXPECT(early && strstr(early, "Init has not been called"));
  free(early);
  EXPECT(Init(NULL) == -1);
  EXPECT(Init("nonsense") == -1);
  EXPECT(Init("{\"address\": \"http://127.0.0.1:1\"}") == -2);

  char parameter[512];
  snprintf(parameter, sizeof parameter,
           "{\"address\": \"%s\", \"token\": \"%s\", \"parallelism\": 4, \"tmpfsParam\": \"size=16m\", \"cpuset\": [\"0\"]}", argv[1],
           argc > 2 ? argv[2] : "");
  EXPECT(Init(parameter) == 0);

  echo("hello");
  mistakes();
  files();
  pthread_t threads[THREADS];
  int numbers[THREADS];
  for (int at = 0; at < THREADS; at++) {
    numbers[at] = at;
    EXPECT(pthread_create(&threads[at], NULL, many, &numbers[at]) == 0);
  }
  for (int at = 0; at < THREADS; at++) EXPECT(pthread_join(threads[at], NULL) == 0);
  puts("every call went as it should");
  return 0;
}
