using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Morgan.ServiceDefaults.Auth;

/// <summary>
/// One version of the configured keys, found by the SHA-256 of what was sent: a lookup's time tells nothing about a
/// key.
/// </summary>
internal sealed class ApiKeyRing
{
    private const int MaxKeyBytes = 512;

    private readonly FrozenDictionary<string, Entry> _entries;
    private readonly FrozenDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _byHash;

    public ApiKeyRing(AuthOptions options)
    {
        _entries = options.Keys.ToFrozenDictionary(
            key => key.Hash.ToLowerInvariant(),
            key => new Entry(
                new Caller(key.Id, key.Tenant, key.Admin, key.Models.Count == 0 ? null : key.Models.ToFrozenSet(StringComparer.Ordinal)),
                key.NotAfter),
            StringComparer.Ordinal);
        _byHash = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        AllowAnonymous = options.AllowAnonymous;
    }

    public bool IsEmpty => _entries.Count == 0;

    public bool AllowAnonymous { get; }

    /// <summary>The caller whose key this is, or null: not known, or no longer valid.</summary>
    public Caller? Find(ReadOnlySpan<char> key, DateTimeOffset now)
    {
        if (Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
        {
            return null;
        }

        Span<byte> utf8 = stackalloc byte[MaxKeyBytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<char> hex = stackalloc char[SHA256.HashSizeInBytes * 2];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], hash);
        Convert.TryToHexStringLower(hash, hex, out _);
        return _byHash.TryGetValue(hex, out var entry) && !(entry.NotAfter <= now) ? entry.Caller : null;
    }

    private sealed record Entry(Caller Caller, DateTimeOffset? NotAfter);
}
