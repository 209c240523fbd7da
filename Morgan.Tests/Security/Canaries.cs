using System.Security.Cryptography;
using System.Text;

namespace Morgan.Tests.Security;

/// <summary>Secrets that stand nowhere else in the world: each found in what comes out is a leak, and says of what.</summary>
internal sealed class Canaries
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The secret of this name, made when it is first asked for.</summary>
    public string this[string name]
    {
        get
        {
            if (!_values.TryGetValue(name, out var value))
            {
                _values[name] = value = $"canary-{name}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
            }

            return value;
        }
    }

    /// <summary>What <c>KeySha256</c> is for the secret of this name.</summary>
    public string Sha256(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(this[name])));

    /// <summary>Fails, saying which and where, when secrets were seen that are none of the <paramref name="allowed"/> ones.</summary>
    public void AssertNoneIn(IEnumerable<(string Where, string Text)> seen, params string[] allowed)
    {
        string[] found = [.. FindIn(seen, allowed)];
        Assert.True(found.Length == 0, $"{found.Length} leaks:\n{string.Join('\n', found.Distinct().Take(20))}");
    }

    // As they are, and in base64.
    private IEnumerable<string> FindIn(IEnumerable<(string Where, string Text)> seen, params string[] allowed) =>
        from piece in seen
        from secret in _values
        where !allowed.Contains(secret.Key)
            && (piece.Text.Contains(secret.Value, StringComparison.OrdinalIgnoreCase)
                || piece.Text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret.Value))[..^4], StringComparison.Ordinal))
        select $"{secret.Key} in {piece.Where}: {Around(piece.Text, secret.Value)}";

    private static string Around(string text, string secret)
    {
        var at = Math.Max(0, text.IndexOf(secret, StringComparison.OrdinalIgnoreCase));
        return text[Math.Max(0, at - 120)..Math.Min(text.Length, at + secret.Length + 40)].ReplaceLineEndings(" ");
    }
}
