namespace Morgan.LlmService.Admission.Shared;

/// <summary>What was decided, and by what.</summary>
/// <param name="Verdict">What.</param>
/// <param name="Path"><c>lease</c>, <c>store</c>, <c>local</c>, or <c>memory</c> of a refusal that still holds.</param>
/// <param name="Refusal">Why not.</param>
internal readonly record struct Decision(Verdict Verdict, string Path, Refusal? Refusal = null);
