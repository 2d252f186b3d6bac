-- One command: cat of a file that is copied in, both outputs collected. The load that go-judge's README was measured with.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[
{"cmd": [{
  "args": ["/bin/cat", "a.hs"],
  "env": ["PATH=/usr/bin:/bin"],
  "files": [{"content": ""}, {"name": "stdout", "max": 10240}, {"name": "stderr", "max": 10240}],
  "cpuLimit": 10000000000,
  "memoryLimit": 104857600,
  "procLimit": 50,
  "copyIn": {"a.hs": {"content": "main = putStrLn \"Hello, World!\""}, "b": {"content": "TEST"}}
}]}]]

local wrong = 0
function response(status, _, body)
  if status ~= 200 or not body:find('"status":"Accepted"', 1, true) or not body:find("Hello, World!", 1, true) then
    wrong = wrong + 1
    wrk.thread:set("wrong", wrong)
  end
end

local threads = {}
function setup(thread)
  thread:set("wrong", 0)
  table.insert(threads, thread)
end

function done(summary, latency, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get("wrong") end
  io.write(string.format("FIGURES %d %d %d %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed))
end
