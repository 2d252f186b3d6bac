// expect: TimeLimitExceeded
// limits: cpu_ms=400
// max-wall-ms: 3000
import core.sys.posix.unistd;

void main() {
    for (;;) fork();
}
