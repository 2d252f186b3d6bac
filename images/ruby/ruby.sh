#!/bin/sh
# ruby.sh ARGUMENT...: Ruby with the stack of a usual machine. It touches the far end of the stack that it may have when it starts;
# calls of Ruby's own are on another one, of RUBY_THREAD_VM_STACK_SIZE. One that is to be smaller is left so.
# shellcheck disable=SC3045 # the shells of Debian and Ubuntu know it
ulimit -s 16384 2>/dev/null
exec ruby "$@"
