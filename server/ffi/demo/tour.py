"""The same from Python, by ctypes: tour.py <library> <address> [token]. Fails loudly at the first surprise."""

import ctypes
import json
import sys

library = ctypes.CDLL(sys.argv[1])
# Texts that must be freed come as pointers: c_char_p would be copied, and the pointer lost.
text = ctypes.c_void_p
texts = ctypes.POINTER(ctypes.c_void_p)
for name, result, arguments in [
    ("Init", ctypes.c_int, [ctypes.c_char_p]),
    ("Exec", text, [ctypes.c_char_p]),
    ("FileList", ctypes.c_size_t, [ctypes.POINTER(texts), ctypes.POINTER(texts)]),
    ("FileAdd", text, [ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p]),
    ("FileGet", ctypes.c_int, [ctypes.c_char_p, ctypes.POINTER(text)]),
    ("FileDelete", ctypes.c_int, [ctypes.c_char_p]),
    ("LastError", text, []),
    ("Free", None, [ctypes.c_void_p]),
]:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments


def taken(pointer):
    """The bytes of a text, which is freed; None for NULL."""
    if pointer is None:
        return None
    value = ctypes.cast(pointer, ctypes.c_char_p).value
    library.Free(pointer)
    return value


def run(request):
    return json.loads(taken(library.Exec(json.dumps(request).encode())))


def files():
    ids, names = texts(), texts()
    count = library.FileList(ids, names)
    listed = {taken(ids[at]).decode(): taken(names[at]).decode() for at in range(count)}
    library.Free(ids)
    library.Free(names)
    return listed


def stored(key):
    content = text()
    length = library.FileGet(key, content)
    value = ctypes.string_at(content, length) if length >= 0 else length
    library.Free(content)
    return value


assert library.Init(b"{") == -1
assert b"JSON" in taken(library.LastError())
token = sys.argv[3] if len(sys.argv) > 3 else ""
assert library.Init(json.dumps({"address": sys.argv[2], "token": token}).encode()) == 0, taken(library.LastError())

key = taken(library.FileAdd(b"input\n\x00\xff", 8, "größe.txt".encode()))
assert key, taken(library.LastError())
assert files()[key.decode()] == "größe.txt"
assert stored(key) == b"input\n\x00\xff"

command = {
    "args": ["/bin/echo", "hello"],
    "env": ["PATH=/usr/bin:/bin"],
    "files": [{"content": ""}, {"name": "stdout", "max": 1000}, {"name": "stderr", "max": 1000}],
    "cpuLimit": 5_000_000_000,
    "clockLimit": 10_000_000_000,
    "memoryLimit": 64 << 20,
    "procLimit": 5,
    "copyIn": {"copied": {"fileId": key.decode()}},
    "copyOutCached": ["copied"],
}
answer = run({"requestId": "one", "cmd": [command]})
assert answer["requestId"] == "one" and "error" not in answer, answer
[result] = answer["results"]
assert result["status"] == "Accepted" and result["files"]["stdout"].strip() == "hello", result
copy = result["fileIds"]["copied"].encode()
assert stored(copy) == b"input\n\x00\xff"

command["copyIn"] = {"copied": {"fileId": "NOSUCHFILE"}}
answer = run({"cmd": [command]})
assert answer["results"] == [] and "NOSUCHFILE" in answer["error"], answer

for known in (key, copy):
    assert library.FileDelete(known) == 1
    assert library.FileDelete(known) == 0
    assert stored(known) == -1
print("every call went as it should")
