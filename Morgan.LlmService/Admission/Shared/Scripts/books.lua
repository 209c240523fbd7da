-- The books of one tenant, and of one of its keys where that has limits of its own. All keys of a tenant share a slot.
--
--   KEYS 1 open       sorted set: request id -> when its reservation ends (ms)
--        2 reserved   hash: request id -> "tokens:attempts:day:tenant slot:key slot:model"
--        3, 4 usage   hashes of even and odd days: "@day" -> day, "model|what" -> count
--        then for the tenant and perhaps the key, "subjects": books, requests, tokens, leases, leased
--        last: waiting   hash: replica|key -> "requests:tokens:until (ms)" that stand in line there
--   ARGV 1 window (ms), 2 life of a reservation (ms), 3 number of subjects, then for each its requests and tokens in a
--        window and tokens in a day; 0 is no limit
--
-- A window is a list of slots "time:count", oldest first, with its sum and the number of its first slot in the hash
-- "books". Slots are bounded by count, not by time: what leaves late is at most a slot, 1/400 of the limit, at any load.

local SLOTS = 400
local LEASED = 0.005
local DAY_MS = 86400000
local KEEP_DAY_MS = 172800000

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local day = math.floor(now / DAY_MS)
local window = tonumber(ARGV[1])
local life = tonumber(ARGV[2])
local subjects = {}

local function text(n) return string.format('%.0f', n) end

local function split(slot)
  local colon = string.find(slot, ':', 1, true)
  return tonumber(string.sub(slot, 1, colon - 1)), tonumber(string.sub(slot, colon + 1))
end

-- A slot leaves when its last moment is a window old.
local function roll(w)
  while true do
    local first = redis.call('LINDEX', w.key, 0)
    if not first then
      w.sum = 0
      return
    end
    local at, count = split(first)
    if at + window >= now then return end
    redis.call('LPOP', w.key)
    w.sum = w.sum - count
    w.first = w.first + 1
  end
end

local function mostOfSlot(limit) return limit > 0 and math.max(1, math.floor(limit / SLOTS)) or 9e15 end

-- Counts at a time; returns the number of the slot.
local function add(w, count, at, limit)
  w.sum = w.sum + count
  local last = redis.call('LINDEX', w.key, -1)
  if last then
    local lastAt, lastCount = split(last)
    at = math.max(at, lastAt)
    if lastCount + count <= mostOfSlot(limit) and math.floor(lastAt / 1000) == math.floor(at / 1000) then
      redis.call('LSET', w.key, -1, text(at) .. ':' .. text(lastCount + count))
      return w.first + redis.call('LLEN', w.key) - 1
    end
  end
  local length = redis.call('RPUSH', w.key, text(at) .. ':' .. text(count))
  redis.call('PEXPIRE', w.key, text(window + 60000))
  return w.first + length - 1
end

-- Counts requests that a replica has admitted by itself at the time when it did. Later ones have been counted by then;
-- booked behind them, they would leave too late. The numbers of slots shift: nothing corrects requests by number.
local function addLate(w, count, at, limit)
  local last = redis.call('LINDEX', w.key, -1)
  if not last or split(last) <= at then return add(w, count, at, limit) end
  w.sum = w.sum + count
  local to = -1
  while true do
    local slots = redis.call('LRANGE', w.key, to - 63, to)
    for i = #slots, 1, -1 do
      local slotAt, slotCount = split(slots[i])
      if slotAt <= at then
        if slotCount + count <= mostOfSlot(limit) and math.floor(slotAt / 1000) == math.floor(at / 1000) then
          redis.call('LSET', w.key, text(to - #slots + i), text(at) .. ':' .. text(slotCount + count))
        else
          redis.call('LINSERT', w.key, 'AFTER', slots[i], text(at) .. ':' .. text(count))
        end
        return
      end
    end
    if #slots < 64 then
      redis.call('LPUSH', w.key, text(at) .. ':' .. text(count))
      return
    end
    to = to - 64
  end
end

-- Takes back one that was counted at a time and not sent. Which slot it stands in is not known; taking it from the oldest
-- never makes room for more than there is.
local function takeBack(w, at)
  local first = at + window >= now and redis.call('LINDEX', w.key, 0)
  if not first then return end
  local oldest, count = split(first)
  if count > 1 then
    redis.call('LSET', w.key, 0, text(oldest) .. ':' .. text(count - 1))
  else
    redis.call('LPOP', w.key)
    w.first = w.first + 1
  end
  w.sum = w.sum - 1
end

local function correct(w, slot, difference)
  local index = slot - w.first
  if slot < 0 or index < 0 then return end
  local found = redis.call('LINDEX', w.key, text(index))
  if found then
    local at, count = split(found)
    redis.call('LSET', w.key, text(index), text(at) .. ':' .. text(count + difference))
    w.sum = w.sum + difference
  end
end

-- Milliseconds until there is room for so many; 0: now.
local function wait(w, count, limit, leased)
  if limit == 0 then return 0 end
  -- More than the limit takes as many whole windows as it fills.
  local windows = math.max(0, math.floor((count - 1) / limit))
  local before = windows * window
  local missing = w.sum + leased + count - windows * limit - limit
  if missing <= 0 then return before end
  local from = 0
  while true do
    local slots = redis.call('LRANGE', w.key, from, from + 63)
    if #slots == 0 then return before + window end
    for i = 1, #slots do
      local at, freed = split(slots[i])
      missing = missing - freed
      if missing <= 0 then return before + math.max(1, at + window + 1 - now) end
    end
    from = from + 64
  end
end

local function units(s, lease)
  local found = redis.call('HGET', s.leasedKey, lease)
  if not found then return nil end
  return split(found)
end

local function endLease(s, lease)
  redis.call('HDEL', s.leasedKey, lease)
  redis.call('ZREM', s.leasesKey, lease)
end

local function use(model, what, count)
  if count == 0 then return end
  local key = KEYS[3 + day % 2]
  if redis.call('HGET', key, '@day') ~= text(day) then
    redis.call('DEL', key)
    redis.call('HSET', key, '@day', text(day))
    redis.call('PEXPIRE', key, text(KEEP_DAY_MS))
  end
  redis.call('HINCRBY', key, model .. '|' .. what, text(count))
end

local function opened(id)
  local found = redis.call('HGET', KEYS[2], id)
  if not found then return nil end
  local tokens, attempts, ofDay, tenantSlot, keySlot, model = string.match(found, '^(%d+):(%d+):(%d+):(-?%d+):(-?%d+):(.*)$')
  return { tokens = tonumber(tokens), attempts = tonumber(attempts), day = tonumber(ofDay),
    slots = { tonumber(tenantSlot), tonumber(keySlot) }, model = model }
end

local function keep(id, o)
  redis.call('HSET', KEYS[2], id, text(o.tokens) .. ':' .. text(o.attempts) .. ':' .. text(o.day) .. ':'
    .. text(o.slots[1]) .. ':' .. text(o.slots[2] or -1) .. ':' .. o.model)
end

local function open(id, o)
  keep(id, o)
  redis.call('ZADD', KEYS[1], text(now + life), id)
  redis.call('PEXPIRE', KEYS[1], text(KEEP_DAY_MS))
  redis.call('PEXPIRE', KEYS[2], text(KEEP_DAY_MS))
end

local function forget(id)
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end

-- A replica that died cannot say what its leases and requests came to: they count as they were set aside.
local function sweep()
  for _, s in ipairs(subjects) do
    for _, lease in ipairs(redis.call('ZRANGEBYSCORE', s.leasesKey, '-inf', text(now), 'LIMIT', 0, 100)) do
      local requests, tokens = units(s, lease)
      if requests then
        s.leasedRequests = s.leasedRequests - requests
        s.leasedTokens = s.leasedTokens - tokens
        s.today = s.today + tokens
        if requests > 0 then add(s.requests, requests, now, s.requestLimit) end
        if tokens > 0 then add(s.tokens, tokens, now, s.tokenLimit) end
      end
      endLease(s, lease)
    end
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(now), 'LIMIT', 0, 100)) do
    local o = opened(id)
    if o then
      use(o.model, 'orphans', 1)
      use(o.model, 'attempts', o.attempts)
      use(o.model, 'wasted', o.tokens)
    end
    forget(id)
  end
end

local function load()
  for i = 1, tonumber(ARGV[3]) do
    local key, arg = 5 * i, 1 + 3 * i
    local v = redis.call('HMGET', KEYS[key], 'requests', 'firstRequest', 'tokens', 'firstToken', 'day', 'today', 'leasedRequests', 'leasedTokens')
    local s = {
      key = KEYS[key], leasesKey = KEYS[key + 3], leasedKey = KEYS[key + 4],
      requests = { key = KEYS[key + 1], sum = tonumber(v[1]) or 0, first = tonumber(v[2]) or 0 },
      tokens = { key = KEYS[key + 2], sum = tonumber(v[3]) or 0, first = tonumber(v[4]) or 0 },
      today = tonumber(v[5]) == day and tonumber(v[6]) or 0,
      leasedRequests = tonumber(v[7]) or 0, leasedTokens = tonumber(v[8]) or 0,
      requestLimit = tonumber(ARGV[arg]), tokenLimit = tonumber(ARGV[arg + 1]), dayLimit = tonumber(ARGV[arg + 2]) }
    roll(s.requests)
    roll(s.tokens)
    subjects[i] = s
  end
  sweep()
end

local function save()
  for _, s in ipairs(subjects) do
    redis.call('HSET', s.key, 'requests', text(s.requests.sum), 'firstRequest', text(s.requests.first),
      'tokens', text(s.tokens.sum), 'firstToken', text(s.tokens.first), 'day', text(day), 'today', text(s.today),
      'leasedRequests', text(s.leasedRequests), 'leasedTokens', text(s.leasedTokens))
    redis.call('PEXPIRE', s.key, text(KEEP_DAY_MS))
  end
end
