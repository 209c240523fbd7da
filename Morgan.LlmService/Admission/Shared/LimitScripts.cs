namespace Morgan.LlmService.Admission.Shared;

/// <summary>The scripts that keep the shared books, each with what they have in common before it.</summary>
internal static class LimitScripts
{
    /// <summary>Counts the replicas that live: KEYS 1 sorted set; ARGV 1 this one, 2 its life in ms, 0 to leave.</summary>
    public const string Replicas = """
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        if tonumber(ARGV[2]) == 0 then
          redis.call('ZREM', KEYS[1], ARGV[1])
        else
          redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
        end
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
        return redis.call('ZCARD', KEYS[1])
        """;

    /// <summary>Admits a request and grants a lease.</summary>
    public static string Reserve { get; } = Read("books") + Read("reserve");

    /// <summary>Books what has been decided.</summary>
    public static string Book { get; } = Read("books") + Read("book");

    /// <summary>Tells what has been used.</summary>
    public static string Look { get; } = Read("books") + Read("look");

    private static string Read(string name)
    {
        using var stream = typeof(LimitScripts).Assembly.GetManifestResourceStream($"{name}.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
