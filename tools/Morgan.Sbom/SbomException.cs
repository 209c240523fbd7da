namespace Morgan.Sbom;

/// <summary>What was wrong with the arguments or the assets file; the message is all that a user needs.</summary>
internal sealed class SbomException(string message) : Exception(message);
