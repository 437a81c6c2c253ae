-- wrk sends what is in BENCH_LINES, a line a request and in turn: POST bodies to BENCH_PATH, or the paths of GETs.
-- BENCH_ETAG, if it is set, goes along as If-None-Match. At the end one line of JSON is printed.
local post, path, etag = os.getenv("BENCH_POST"), os.getenv("BENCH_PATH"), os.getenv("BENCH_ETAG")
local requests, turn = {}, 0

function init()
  local json = { ["Content-Type"] = "application/json" }
  for line in io.lines(os.getenv("BENCH_LINES")) do
    requests[#requests + 1] = post and wrk.format("POST", path, json, line)
      or wrk.format("GET", line, etag and { ["If-None-Match"] = etag } or nil)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\n{"rps": %.2f, "p50 ms": %.3f, "p99 ms": %.3f, "errors": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
