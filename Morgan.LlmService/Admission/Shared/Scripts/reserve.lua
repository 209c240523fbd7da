-- Admits a request, if one is named, and grants a lease, if one is asked for.
--
--   ARGV after the limits: request id or '', its tokens, model, most requests at once, lease id or '', requests and tokens
--        wanted for it, life of a lease (ms)
--        then the line it stands in: replica|key or '', whether it was told to wait and its turn has come, requests and
--        tokens ahead of it, requests and tokens behind it, requests and tokens of the line but for itself, how long it can
--        wait, the least patient of those behind it, and anyone in the line (ms)
--   returns { admitted, subject in the way, limit in the way, wait (ms), leased requests, leased tokens }

local arg = 3 + 3 * tonumber(ARGV[3])
local id, tokens, model, most = ARGV[arg + 1], tonumber(ARGV[arg + 2]), ARGV[arg + 3], tonumber(ARGV[arg + 4])
local lease, wantRequests, wantTokens = ARGV[arg + 5], tonumber(ARGV[arg + 6]), tonumber(ARGV[arg + 7])
local leaseLife = tonumber(ARGV[arg + 8])

local line, isTurn = ARGV[arg + 9], ARGV[arg + 10] == '1'
local ahead, aheadTokens, behind, behindTokens = tonumber(ARGV[arg + 11]), tonumber(ARGV[arg + 12]), tonumber(ARGV[arg + 13]), tonumber(ARGV[arg + 14])
local lineRequests, lineTokens = tonumber(ARGV[arg + 15]), tonumber(ARGV[arg + 16])
local left, leftBehind, mostLeft = tonumber(ARGV[arg + 17]), tonumber(ARGV[arg + 18]), tonumber(ARGV[arg + 19])
local waitingKey = KEYS[#KEYS]

-- What stands in line at other replicas.
local function elsewhere()
  local requests, total = 0, 0
  local found = redis.call('HGETALL', waitingKey)
  for i = 1, #found, 2 do
    local n, t, untilWhen = string.match(found[i + 1], '^(%d+):(%d+):(%d+)$')
    if tonumber(untilWhen) <= now then
      redis.call('HDEL', waitingKey, found[i])
    elseif found[i] ~= line then
      requests = requests + tonumber(n)
      total = total + tonumber(t)
    end
  end
  return requests, total
end

local function tell(requests, total)
  if requests == 0 then
    redis.call('HDEL', waitingKey, line)
  else
    redis.call('HSET', waitingKey, line, text(requests) .. ':' .. text(total) .. ':' .. text(now + mostLeft))
    redis.call('PEXPIRE', waitingKey, text(window + 60000))
  end
end

-- Of several limits in the way the one that is so for longest.
local function inTheWay(before, beforeTokens)
  local who, what, pause = 0, '', 0
  local function see(i, kind, p)
    if p > pause then who, what, pause = i, kind, p end
  end
  if most > 0 and redis.call('ZCARD', KEYS[1]) + before >= most then see(1, 'concurrent', 1000) end
  for i, s in ipairs(subjects) do
    if s.tokenLimit > 0 and tokens > s.tokenLimit then return i, 'too large', 0 end
    see(i, 'requests', wait(s.requests, 1 + before, s.requestLimit, s.leasedRequests))
    see(i, 'tokens', wait(s.tokens, tokens + beforeTokens, s.tokenLimit, s.leasedTokens))
    if s.dayLimit > 0 and s.today + s.leasedTokens + tokens + beforeTokens > s.dayLimit then see(i, 'day', (day + 1) * DAY_MS - now) end
  end
  return who, what, pause
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
local isContended = false
if id ~= '' and not opened(id) then
  if line ~= '' then
    local others, othersTokens = elsewhere()
    isContended = others + lineRequests > 0
    if not isTurn then ahead, aheadTokens = ahead + others, aheadTokens + othersTokens end
  end
  -- Those who were told to wait lose nothing by it, or it goes behind them.
  if behind > 0 then who, what, pause = inTheWay(ahead + behind, aheadTokens + behindTokens) end
  if pause <= leftBehind then who, what, pause = inTheWay(ahead, aheadTokens) end
  if who == 0 then
    local slots = {}
    for i, s in ipairs(subjects) do
      add(s.requests, 1, now, s.requestLimit)
      slots[i] = add(s.tokens, tokens, now, s.tokenLimit)
      s.today = s.today + tokens
    end
    open(id, { tokens = tokens, attempts = 1, day = day, slots = slots, model = model })
  end
  if line ~= '' then
    local stays = pause > 0 and pause <= left and 1 or 0
    tell(lineRequests + stays, lineTokens + stays * tokens)
  end
end

local requests, granted = 0, 0
if who == 0 and lease ~= '' and not isContended then requests, granted = grant() end
save()
return { who == 0 and 1 or 0, who, what, pause, requests, granted }
