namespace Morgan.Tests.ModelBuilder;

/// <summary>The model in the repository.</summary>
internal static class CommittedModel
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "Morgan.EmbeddingService", "models", "use-lite");

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));
}
