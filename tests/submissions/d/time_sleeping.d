// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=1500
// reason-contains: on the clock
import core.thread, core.time;

void main() {
    Thread.sleep(30.seconds);
}
