namespace Morgan.LlmService.Routing;

/// <summary>A model as a host lists it.</summary>
/// <param name="Id">The host's name of it.</param>
/// <param name="Created">Seconds since 1970; 0: not said.</param>
/// <param name="OwnedBy">Whose it is, in the host's word.</param>
internal sealed record ModelInfo(string Id, long Created, string OwnedBy);
