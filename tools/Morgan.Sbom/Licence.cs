namespace Morgan.Sbom;

/// <summary>A licence as a package's manifest gives it: one of the three.</summary>
/// <param name="Expression">An SPDX expression, as <c>MIT</c> or <c>Apache-2.0 OR MIT</c>.</param>
/// <param name="File">The name of a file in the package.</param>
/// <param name="Url">An address.</param>
internal sealed record Licence(string? Expression, string? File, string? Url);
