namespace Morgan.Sbom;

/// <summary>A package or project that a service is made of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsPackage">Whether it comes from the package feed; else it is one of this repository's projects.</param>
/// <param name="Sha512">The hash of the package as it was downloaded, in hexadecimal; null for projects.</param>
/// <param name="Licence">What its manifest says of its licence; null: nothing.</param>
/// <param name="DependsOn">The <see cref="Reference"/> of each that it needs itself.</param>
internal sealed record Component(
    string Name, string Version, bool IsPackage, string? Sha512, Licence? Licence, IReadOnlyList<string> DependsOn)
{
    /// <summary>What others call it: its package URL, or a project's name.</summary>
    public string Reference => IsPackage ? $"pkg:nuget/{Name}@{Version}" : Name;
}
