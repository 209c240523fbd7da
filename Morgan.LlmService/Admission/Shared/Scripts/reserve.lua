-- Admits a request, if one is named, and grants a lease, if one is asked for.
--
--   ARGV after the limits: request id or '', its tokens, model, most requests at once, lease id or '', requests and tokens
--        wanted for it, life of a lease (ms)
--   returns { admitted, subject in the way, limit in the way, wait (ms), leased requests, leased tokens }

local arg = 3 + 3 * tonumber(ARGV[3])
local id, tokens, model, most = ARGV[arg + 1], tonumber(ARGV[arg + 2]), ARGV[arg + 3], tonumber(ARGV[arg + 4])
local lease, wantRequests, wantTokens = ARGV[arg + 5], tonumber(ARGV[arg + 6]), tonumber(ARGV[arg + 7])
local leaseLife = tonumber(ARGV[arg + 8])

local function inTheWay()
  if most > 0 and redis.call('ZCARD', KEYS[1]) >= most then return 1, 'concurrent', 1000 end
  for i, s in ipairs(subjects) do
    local pause = wait(s.requests, 1, s.requestLimit, s.leasedRequests)
    if pause > 0 then return i, 'requests', pause end
    if s.tokenLimit > 0 and tokens > s.tokenLimit then return i, 'too large', 0 end
    pause = wait(s.tokens, tokens, s.tokenLimit, s.leasedTokens)
    if pause > 0 then return i, 'tokens', pause end
    if s.dayLimit > 0 and s.today + s.leasedTokens + tokens > s.dayLimit then return i, 'day', (day + 1) * DAY_MS - now end
  end
  return 0, '', 0
end

-- All leases together hold at most LEASED of what remains; one takes at most half of what is left of that.
local function share(wanted, limit, used, leased)
  if limit == 0 then return wanted end
  local left = math.floor((limit - used) * LEASED) - leased
  return math.max(0, math.min(wanted, math.ceil(left / 2)))
end

local function grant()
  local requests, granted = wantRequests, wantTokens
  for _, s in ipairs(subjects) do
    requests = share(requests, s.requestLimit, s.requests.sum, s.leasedRequests)
    granted = share(granted, s.tokenLimit, s.tokens.sum, s.leasedTokens)
    granted = share(granted, s.dayLimit, s.today, s.leasedTokens)
  end
  if requests == 0 or granted == 0 then return 0, 0 end
  for _, s in ipairs(subjects) do
    s.leasedRequests = s.leasedRequests + requests
    s.leasedTokens = s.leasedTokens + granted
    redis.call('HSET', s.leasedKey, lease, text(requests) .. ':' .. text(granted))
    redis.call('ZADD', s.leasesKey, text(now + leaseLife), lease)
    redis.call('PEXPIRE', s.leasedKey, text(KEEP_DAY_MS))
    redis.call('PEXPIRE', s.leasesKey, text(KEEP_DAY_MS))
  end
  return requests, granted
end

load()
local who, what, pause = 0, '', 0
if id ~= '' and not opened(id) then
  who, what, pause = inTheWay()
  if who == 0 then
    local slots = {}
    for i, s in ipairs(subjects) do
      add(s.requests, 1, now, s.requestLimit)
      slots[i] = add(s.tokens, tokens, now, s.tokenLimit)
      s.today = s.today + tokens
    end
    open(id, { tokens = tokens, attempts = 1, day = day, slots = slots, model = model })
  end
end

local requests, granted = 0, 0
if who == 0 and lease ~= '' then requests, granted = grant() end
save()
return { who == 0 and 1 or 0, who, what, pause, requests, granted }
