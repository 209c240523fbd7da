using System.Security.Cryptography;

namespace Morgan.ModelBuilder.Output;

/// <summary>One file of the model's folder.</summary>
internal sealed record ModelFile(string Name, byte[] Content)
{
    /// <summary>SHA-256 of the content, in lower-case hex.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Content));
}
