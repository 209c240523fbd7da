namespace Aspire.Hosting.ApplicationModel;

/// <summary>A state as it is shown.</summary>
/// <param name="Text">The state, one of <see cref="KnownResourceStates"/>.</param>
/// <param name="Style">How the dashboard colours it: <c>success</c>, <c>info</c>, <c>error</c>; null: plain.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    /// <summary>Makes a state of its text.</summary>
    /// <param name="s">The state; null: none.</param>
    public static implicit operator ResourceStateSnapshot?(string? s) => s is null ? null : new(s, null);
}
