namespace Morgan.Tests.Chaos.Gateways;

/// <summary>The time limits and counts that every gateway under test is set to.</summary>
internal static class Limits
{
    /// <summary>To the first event of a stream, and between two events.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>Of a whole request.</summary>
    public static readonly TimeSpan Total = TimeSpan.FromSeconds(5);

    /// <summary>Attempts after the first: each of three hosts can be asked once.</summary>
    public const int Retries = 2;
}
