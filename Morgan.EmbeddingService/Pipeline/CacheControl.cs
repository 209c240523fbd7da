using Microsoft.Extensions.Primitives;

namespace Morgan.EmbeddingService.Pipeline;

/// <summary>Reads <c>Cache-Control: no-cache, no-store</c>.</summary>
internal static class CacheControl
{
    /// <summary>The directives that Morgan knows; others mean nothing to it.</summary>
    public static CacheDirectives Read(StringValues header)
    {
        var directives = CacheDirectives.None;
        foreach (var line in header)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                directives |= One(line.AsSpan(part).Trim());
            }
        }

        return directives;
    }

    private static CacheDirectives One(ReadOnlySpan<char> word) => word switch
    {
        _ when word.Equals("no-cache", StringComparison.OrdinalIgnoreCase) => CacheDirectives.NoCache,
        _ when word.Equals("no-store", StringComparison.OrdinalIgnoreCase) => CacheDirectives.NoStore,
        _ when word.Equals("only-if-cached", StringComparison.OrdinalIgnoreCase) => CacheDirectives.OnlyIfCached,
        _ => CacheDirectives.None,
    };
}
