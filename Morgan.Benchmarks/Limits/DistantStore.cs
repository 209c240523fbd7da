using StackExchange.Redis;

namespace Morgan.Benchmarks.Limits;

/// <summary>
/// A replica's connection to a store that is a certain time away on a virtual clock. The scripts themselves run in a real
/// store; the time that they ask for is the clock's, at the moment when the call has arrived.
/// </summary>
/// <param name="store">The real one.</param>
/// <param name="time">The clock.</param>
/// <param name="latency">There and back again, half of it each; each way varies by a fifth.</param>
/// <param name="random">Chance.</param>
internal sealed class DistantStore(IDatabase store, VirtualTime time, TimeSpan latency, Random random)
{
    private const string AskTime = "redis.call('TIME')";

    // Two arguments before the script's own: the time as TIME gives it, seconds and microseconds.
    private const string Prologue =
        """
        local given = ARGV
        local ARGV = {}
        for i = 3, #given do ARGV[i - 2] = given[i] end
        local virtualTime = { given[1], given[2] }

        """;

    private readonly Dictionary<string, string> _scripts = [];
    private long _arrives;
    private long _returns;

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Runs a script there. A connection keeps the order of calls, and that of answers.</summary>
    public async Task<RedisResult> EvaluateAsync(string script, RedisKey[]? keys, RedisValue[]? values)
    {
        Calls++;
        await UntilAsync(_arrives = Math.Max(_arrives, time.GetTimestamp() + OneWay()));
        var now = time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        var result = store.ScriptEvaluate(
            OnVirtualTime(script), keys, [now.Ticks / TimeSpan.TicksPerSecond, now.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond, .. values ?? []]);
        await UntilAsync(_returns = Math.Max(_returns, time.GetTimestamp() + OneWay()));
        return result;
    }

    private long OneWay() => (long)(latency.Ticks / 2 * (0.8 + (0.4 * random.NextDouble())));

    private async Task UntilAsync(long moment)
    {
        if (moment > time.GetTimestamp())
        {
            await Task.Delay(new TimeSpan(moment - time.GetTimestamp()), time);
        }
    }

    private string OnVirtualTime(string script)
    {
        if (!_scripts.TryGetValue(script, out var changed))
        {
            changed = script.Contains(AskTime, StringComparison.Ordinal)
                ? Prologue + script.Replace(AskTime, "virtualTime", StringComparison.Ordinal)
                : throw new BenchmarkException("a script of the limits does not ask the store for the time");
            _scripts[script] = changed;
        }

        return changed;
    }
}
