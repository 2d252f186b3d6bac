// expect: Accepted
// stdout: 13:00 differ É\n
process.env.TZ = "Europe/Paris";
const clock = new Date(1_699_963_200_000).toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
console.log(clock, Math.random() === Math.random() ? "same" : "differ", "é".toUpperCase());
