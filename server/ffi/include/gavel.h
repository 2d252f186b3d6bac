/* gavel.h - the functions of go-judge's C library, on a running Gavel. Link with -lgavel_ffi.
 *
 * Every function may be called from any thread at any time. None ends the process. Texts are UTF-8 and end with a NUL.
 * What is marked [free] belongs to the caller, who frees it with free() or Free(). */
#ifndef GAVEL_H
#define GAVEL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Connects to a server. The parameter is JSON: {"address": "http://127.0.0.1:5050", "token": "..."}; both may be left
 * out. go-judge's keys (parallelism, dir, srcPrefix, ...) are settings of the server here, and ignored.
 * 0 = the server answers and lets us in; -1 = the parameter makes no sense; -2 = it does not.
 * A later call changes the server; calls that are under way end with the earlier one. */
int Init(const char *parameter);

/* Runs a request, the JSON of POST /run, and waits for its end.
 * [free] JSON: {"requestId": "...", "results": [...]}, and "error" with results [] where nothing was run.
 * NULL = the argument is no text, or there is no memory. */
char *Exec(const char *request);

/* Lists the stored files: returns how many, and writes an array of their ids and one of their names.
 * [free] each text, then the arrays. 0 with LastError() = it failed; the arrays are NULL then. */
size_t FileList(char ***ids, char ***names);

/* Stores length bytes under a name, of which the last part counts. [free] the file's id; NULL = it failed. */
char *FileAdd(const char *content, int length, const char *name);

/* Reads a stored file: returns its length, and writes its bytes [free].
 * -1 = there is no such file; -2 = it failed, or the file is too long for an int. */
int FileGet(const char *id, char **content);

/* Removes a stored file. 1 = done; 0 = it failed, or there was none. */
int FileDelete(const char *id);

/* Why the last call of this thread failed [free]; NULL = it did not. Not in go-judge. */
char *LastError(void);

/* free(), for callers that have another one. Not in go-judge. */
void Free(void *pointer);

#ifdef __cplusplus
}
#endif

#endif
