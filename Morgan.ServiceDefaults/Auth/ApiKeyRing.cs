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

    private readonly FrozenDictionary<string, KeyEntry> _entries;
    private readonly FrozenDictionary<string, KeyEntry>.AlternateLookup<ReadOnlySpan<char>> _byHash;

    /// <param name="options">The keys.</param>
    /// <param name="before">The version before: keys that were in it go on as they were used.</param>
    public ApiKeyRing(AuthOptions options, ApiKeyRing? before = null)
    {
        _entries = options.Keys.ToFrozenDictionary(
            key => key.Hash,
            key => new KeyEntry(
                new Caller(key.Id, key.Tenant, key.Admin, key.Models.Count == 0 ? null : key.Models.ToFrozenSet(StringComparer.Ordinal)),
                key.NotAfter,
                key.MaxConcurrent,
                before?._entries.GetValueOrDefault(key.Hash)?.Use ?? new KeyUse()),
            StringComparer.Ordinal);
        _byHash = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        AllowAnonymous = options.AllowAnonymous;
    }

    public bool IsEmpty => _entries.Count == 0;

    public bool AllowAnonymous { get; }

    /// <summary>The key that this is, or null: not known, or no longer valid.</summary>
    public KeyEntry? Find(ReadOnlySpan<char> key, DateTimeOffset now)
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
        return _byHash.TryGetValue(hex, out var entry) && !(entry.NotAfter <= now) ? entry : null;
    }
}
