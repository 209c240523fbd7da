namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that the dashboard tells of a resource.</summary>
/// <param name="Name">What it is, such as <c>project.path</c>.</param>
/// <param name="Value">A text, a number, an array of texts, or null.</param>
public sealed record ResourcePropertySnapshot(string Name, object? Value);
