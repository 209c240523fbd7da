namespace Morgan.Tests.Chaos.Mutations;

/// <summary>The removal of one piece of fault handling, as a change of text that must match exactly once.</summary>
/// <param name="Name">What is removed.</param>
/// <param name="File">From the repository's root.</param>
/// <param name="Before">The code.</param>
/// <param name="After">The code without the handling.</param>
/// <param name="Tests">Which tests turn red, by a pattern of their names; null: the quick matrix.</param>
internal sealed record Mutation(string Name, string File, string Before, string After, string? Tests = null);
