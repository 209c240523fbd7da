using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>The store's keys of one tenant. They have its name for a hash tag, so that all of them share a Cluster slot.</summary>
internal static class BookKeys
{
    /// <summary>In the order of Scripts/books.lua.</summary>
    public static RedisKey[] Of(string tenant, string? key)
    {
        // No braces and no colons of its own: the tag is the whole name, and the parts stay apart.
        var prefix = $"morgan:limits:{{{Uri.EscapeDataString(tenant)}}}";
        string[] subjects = key is null ? [prefix] : [prefix, $"{prefix}:key:{Uri.EscapeDataString(key)}"];
        return
        [
            $"{prefix}:open", $"{prefix}:reserved", $"{prefix}:usage:0", $"{prefix}:usage:1",
            .. subjects.SelectMany(subject => (RedisKey[])
                [$"{subject}:books", $"{subject}:requests", $"{subject}:tokens", $"{subject}:leases", $"{subject}:leased"]),
            $"{prefix}:waiting",
        ];
    }
}
