using Morgan.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>The store's keys of one tenant. They have its name for a hash tag, so that all of them share a Cluster slot.</summary>
internal static class BookKeys
{
    /// <summary>In the order of Scripts/books.lua.</summary>
    public static RedisKey[] Of(RedisKeys keys, string tenant, string? key)
    {
        var prefix = Prefix(keys, tenant);
        string[] subjects = key is null ? [prefix] : [prefix, OfKey(prefix, key)];
        return
        [
            $"{prefix}:open", $"{prefix}:reserved", $"{prefix}:usage:0", $"{prefix}:usage:1",
            .. subjects.SelectMany(subject => (RedisKey[])
                [$"{subject}:books", $"{subject}:requests", $"{subject}:tokens", $"{subject}:leases", $"{subject}:leased"]),
            $"{prefix}:waiting",
        ];
    }

    /// <summary>Those and, for Scripts/book.lua, which of a replica's batches was the last.</summary>
    public static RedisKey[] OfBatches(RedisKeys keys, string tenant, string? key, string replica)
    {
        var prefix = Prefix(keys, tenant);
        return [.. Of(keys, tenant, key), $"{(key is null ? prefix : OfKey(prefix, key))}:batch:{replica}"];
    }

    // No braces and no colons of its own: the tag is the whole name, and the parts stay apart.
    private static string Prefix(RedisKeys keys, string tenant) => keys.Of($"limits:{{{Uri.EscapeDataString(tenant)}}}");

    private static string OfKey(string prefix, string key) => $"{prefix}:key:{Uri.EscapeDataString(key)}";
}
