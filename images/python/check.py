"""Compiles each source that is named and runs none: what is wrong is told as `main.py:7: SyntaxError: ...`, for all of them."""

import sys
import warnings


def check(name):
    """Whether the source can be compiled; tells what is wrong with it."""
    try:
        with open(name, "rb") as file:
            compile(file.read(), name, "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f"{error.filename or name}:{error.lineno or 1}"
        tell(where, f"{type(error).__name__}: {error.msg}", error.text, error.offset)
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        tell(f"{name}:1", f"{type(error).__name__}: {error}", None, None)
    else:
        return True
    return False


def tell(where, problem, text, offset):
    """The problem, with its line and a mark below the character."""
    print(f"{where}: {problem}")
    if not text:
        return
    line = text.rstrip("\n")
    print(f"    {line}")
    if offset:
        before = "".join("\t" if c == "\t" else " " for c in line[: offset - 1])
        print(f"    {before}^")


warnings.simplefilter("ignore")
sys.stdout.reconfigure(errors="backslashreplace")
sys.exit(0 if all([check(name) for name in sys.argv[1:]]) else 1)
