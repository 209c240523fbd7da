namespace Morgan.LlmService.Fleet;

/// <summary>The scripts by which replicas share what they know of hosts.</summary>
internal static class FleetScripts
{
    private const string Now = """
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        local function text(n) return string.format('%.0f', n) end

        """;

    /// <summary>
    /// Lets a host rest: KEYS 1 hash host → until (ms); ARGV 1 host, 2 pause (ms). Of two ends the later counts. Returns
    /// whether it was this one.
    /// </summary>
    public const string Cool = Now + """
        local untilWhen = now + tonumber(ARGV[2])
        if untilWhen <= (tonumber(redis.call('HGET', KEYS[1], ARGV[1])) or 0) then return 0 end
        redis.call('HSET', KEYS[1], ARGV[1], text(untilWhen))
        redis.call('PEXPIRE', KEYS[1], 86400000)
        return 1
        """;

    /// <summary>Ends a rest: KEYS 1 the same hash; ARGV 1 host.</summary>
    public const string Reset = "return redis.call('HDEL', KEYS[1], ARGV[1])";

    /// <summary>Tells which hosts rest: KEYS 1 the same hash. Returns { host, ms left, … }.</summary>
    public const string Cooling = Now + """
        local found = redis.call('HGETALL', KEYS[1])
        local cooling = {}
        for i = 1, #found, 2 do
          local left = tonumber(found[i + 1]) - now
          if left <= 0 then
            redis.call('HDEL', KEYS[1], found[i])
          else
            cooling[#cooling + 1] = found[i]
            cooling[#cooling + 1] = text(left)
          end
        end
        return cooling
        """;

    /// <summary>
    /// Whose turn it is to check a host: KEYS 1 lease, 2 last result; ARGV 1 replica, 2 life of the lease (ms). Returns
    /// { 1 or 0, last result or '' }.
    /// </summary>
    public const string Turn = """
        local mine = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0
        return { mine, redis.call('GET', KEYS[2]) or '' }
        """;

    /// <summary>Keeps a result: KEYS 1 last result; ARGV 1 it, 2 how long to keep it (ms).</summary>
    public const string Probed = "return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])";

    /// <summary>
    /// Takes permits from a bucket: KEYS 1 hash; ARGV 1 permits per second, 2 the bucket's size, 3 how many are wanted.
    /// Returns { granted, ms until the next }.
    /// </summary>
    public const string TokenBucket = Now + """
        local rate, size, wanted = tonumber(ARGV[1]) / 1000, tonumber(ARGV[2]), tonumber(ARGV[3])
        local exact = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
        local v = redis.call('HMGET', KEYS[1], 'level', 'at')
        local level, at = tonumber(v[1]) or size, tonumber(v[2]) or exact
        level = math.min(size, level + math.max(0, exact - at) * rate)
        local granted = math.min(wanted, math.floor(level + 1e-6))
        level = level - granted
        redis.call('HSET', KEYS[1], 'level', string.format('%.9f', level), 'at', string.format('%.3f', math.max(at, exact)))
        redis.call('PEXPIRE', KEYS[1], text(math.ceil(size / rate) + 60000))
        local pause = level >= 1 and 0 or math.ceil((1 - level) / rate)
        return { granted, pause }
        """;

    /// <summary>
    /// Takes permits of a window: KEYS 1 list of "last moment (ms):count", 2 their sum; ARGV 1 permits in a window, 2 its
    /// length (ms), 3 how many are wanted. A slot leaves when its last moment is a window old, so that no window holds more
    /// than the limit. Returns { granted, ms until the next }.
    /// </summary>
    public const string SlidingWindow = Now + """
        local limit, window, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local width = math.floor(window / 400)
        local sum = tonumber(redis.call('GET', KEYS[2])) or 0
        local function split(slot)
          local colon = string.find(slot, ':', 1, true)
          return tonumber(string.sub(slot, 1, colon - 1)), tonumber(string.sub(slot, colon + 1))
        end
        local first = redis.call('LINDEX', KEYS[1], 0)
        if not first then sum = 0 end
        while first do
          local at, count = split(first)
          if at + window >= now then break end
          redis.call('LPOP', KEYS[1])
          sum = sum - count
          first = redis.call('LINDEX', KEYS[1], 0)
        end
        local granted = math.max(0, math.min(wanted, limit - sum))
        if granted > 0 then
          sum = sum + granted
          local last = redis.call('LINDEX', KEYS[1], -1)
          local at, count = 0, 0
          if last then at, count = split(last) end
          if last and width > 0 and math.floor(at / width) == math.floor(now / width) then
            redis.call('LSET', KEYS[1], -1, text(math.max(at, now)) .. ':' .. text(count + granted))
          else
            redis.call('RPUSH', KEYS[1], text(math.max(at, now)) .. ':' .. text(granted))
          end
        end
        redis.call('SET', KEYS[2], text(sum), 'PX', text(window + 60000))
        redis.call('PEXPIRE', KEYS[1], text(window + 60000))
        if sum < limit then return { granted, 0 } end
        local oldest = split(redis.call('LINDEX', KEYS[1], 0))
        return { granted, math.max(1, oldest + window + 1 - now) }
        """;
}
