namespace Morgan.ServiceDefaults.Redis;

/// <summary>
/// Section <c>Redis</c>: what holds for both stores, and what a connection string of theirs cannot say. Read at the start.
/// </summary>
public sealed class RedisOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Redis";

    /// <summary>
    /// What every key and channel begins with, before a colon [morgan]; 1 to 64 of <c>A-Z a-z 0-9 - _ . :</c>.
    /// Installations that share a Redis each have their own; all services of one have the same.
    /// </summary>
    public string KeyPrefix { get; set; } = "morgan";

    /// <summary>
    /// A PEM file with the authorities that are trusted in place of the system's, for connection strings with
    /// <c>ssl=true</c>; null: the system's.
    /// </summary>
    public string? CertificateAuthority { get; set; }
}
