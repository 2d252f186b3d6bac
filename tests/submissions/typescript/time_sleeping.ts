// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=1500
// reason-contains: on the clock
setTimeout(() => console.log("awake"), 30000);
