-- Tells what a tenant has used.
--
--   returns { requests and tokens of the window, tokens of the day, requests and tokens under lease, requests at work,
--             tokens they have reserved, { field, count, … of the day's usage } }

load()
save()
local reserved = 0
for _, found in ipairs(redis.call('HVALS', KEYS[2])) do
  reserved = reserved + tonumber(string.match(found, '^%d+'))
end
local usage = {}
if redis.call('HGET', KEYS[3 + day % 2], '@day') == text(day) then usage = redis.call('HGETALL', KEYS[3 + day % 2]) end
local s = subjects[1]
return { s.requests.sum, s.tokens.sum, s.today, s.leasedRequests, s.leasedTokens, redis.call('ZCARD', KEYS[1]), reserved, usage }
