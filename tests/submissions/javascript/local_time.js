// expect: Accepted
// stdout: 13:00\n
process.env.TZ = "Europe/Paris";
console.log(new Date(Date.UTC(2023, 10, 14, 12)).toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" }));
