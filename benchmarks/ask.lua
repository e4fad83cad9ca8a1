-- Asks one query over and over, each time with another number behind it ("first"), or always the same ("again").
-- Arguments: path, "first" or "again", file of the query, a number to begin with.
local path, query, number, again

local function encode(text)
  return (text:gsub("[^%w]", function(sign) return string.format("%%%02X", string.byte(sign)) end))
end

function init(arguments)
  path = arguments[1]
  again = arguments[2] == "again"
  local file = assert(io.open(arguments[3]))
  query = encode(file:read("*a"))
  file:close()
  number = tonumber(arguments[4])
  wrk.headers["Accept"] = "application/sparql-results+json"
end

function request()
  if not again then number = number + 1 end
  return wrk.format("GET", path .. "?query=" .. query .. "%23" .. number)
end

-- Every answer but a 2xx, and every connection that fails, is told: a fast refusal is no fast answer.
function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.3f, "refused": %d, "broken": %d, "p50": %.6f, "p95": %.6f, "p99": %.6f}\n',
    summary.requests, summary.duration / 1e6, failed.status, failed.connect + failed.read + failed.write + failed.timeout,
    latency:percentile(50) / 1e6, latency:percentile(95) / 1e6, latency:percentile(99) / 1e6))
end
