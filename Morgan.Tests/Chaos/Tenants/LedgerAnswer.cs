namespace Morgan.Tests.Chaos.Tenants;

/// <summary>One request, as its client saw it.</summary>
/// <param name="Told">What the usage is of.</param>
/// <param name="Input">Tokens of the prompt.</param>
/// <param name="Output">Tokens of the answer.</param>
/// <param name="HasLeft">Whether the client left after the first event.</param>
internal readonly record struct LedgerAnswer(Told Told, long Input = 0, long Output = 0, bool HasLeft = false);
