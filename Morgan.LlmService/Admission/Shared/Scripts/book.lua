-- Books what a replica has admitted by itself and what has become of requests. A batch counts once, however often it is
-- sent: it has a number, one more than the one before it, which is sent until it is answered.
--
--   KEYS after those of books.lua: the number of this replica's last batch
--   ARGV after the limits: the batch's number, then records of eight fields
--     open,   request id, tokens, lease id or '', model, age (ms), 0, 0   admitted under a lease, or while the store was away
--     close,  request id, tokens used, model, input, output, wasted, attempts   over: what counts, and what is told apart
--     drop,   request id, 0, '', '', 0, 0, 0                               not admitted: the store's word came too late
--     touch,  request id, 0, '', '', 0, 0, 0                               still at work
--     return, lease id, 0, '', '', 0, 0, 0                                 what is left of it is not needed
--   returns the number of records that had an effect

local booked = 0

local function take(s, lease, tokens)
  local requests, left = units(s, lease)
  if not requests then return false end
  local taken = math.min(left, tokens)
  s.leasedRequests = s.leasedRequests - math.min(requests, 1)
  s.leasedTokens = s.leasedTokens - taken
  redis.call('HSET', s.leasedKey, lease, text(math.max(0, requests - 1)) .. ':' .. text(left - taken))
  return true
end

local records = {}

function records.open(id, tokens, lease, model, age)
  if opened(id) then return end
  tokens, age = tonumber(tokens), tonumber(age)
  local slots = {}
  for i, s in ipairs(subjects) do
    -- A lease that is gone was counted whole when it went.
    if lease == '' or take(s, lease, tokens) then
      if age <= window then
        addLate(s.requests, 1, now - age, s.requestLimit)
        slots[i] = add(s.tokens, tokens, now - age, s.tokenLimit)
      end
      s.today = s.today + tokens
    end
    slots[i] = slots[i] or -1
  end
  open(id, { tokens = tokens, attempts = 1, day = day, slots = slots, model = model })
  booked = booked + 1
end

function records.close(id, used, model, input, output, wasted, attempts)
  local o = opened(id)
  if not o then return end
  for i, s in ipairs(subjects) do
    correct(s.tokens, o.slots[i], tonumber(used) - o.tokens)
    if o.day == day then s.today = s.today + tonumber(used) - o.tokens end
  end
  use(model, 'requests', 1)
  use(model, 'attempts', tonumber(attempts))
  use(model, 'input', tonumber(input))
  use(model, 'output', tonumber(output))
  use(model, 'wasted', tonumber(wasted))
  forget(id)
  booked = booked + 1
end

function records.drop(id)
  local o = opened(id)
  if not o then return end
  local at = tonumber(redis.call('ZSCORE', KEYS[1], id)) - life
  for i, s in ipairs(subjects) do
    takeBack(s.requests, at)
    correct(s.tokens, o.slots[i], -o.tokens)
    if o.day == day then s.today = s.today - o.tokens end
  end
  forget(id)
  booked = booked + 1
end

function records.touch(id)
  if redis.call('ZSCORE', KEYS[1], id) then
    redis.call('ZADD', KEYS[1], text(now + life), id)
    booked = booked + 1
  end
end

records['return'] = function(lease)
  for _, s in ipairs(subjects) do
    local requests, tokens = units(s, lease)
    if requests then
      s.leasedRequests = s.leasedRequests - requests
      s.leasedTokens = s.leasedTokens - tokens
      endLease(s, lease)
      booked = booked + 1
    end
  end
end

local BATCH_MS = 600000

local at = 4 + 3 * tonumber(ARGV[3])
local batchKey = KEYS[#KEYS]
if tonumber(ARGV[at]) <= (tonumber(redis.call('GET', batchKey) or '0')) then return 0 end
redis.call('SET', batchKey, ARGV[at], 'PX', text(BATCH_MS))
load()
for i = at + 1, #ARGV, 8 do
  records[ARGV[i]](ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6], ARGV[i + 7])
end
save()
return booked
