namespace Morgan.EmbeddingService.HuggingFace;

/// <summary>A file of a repository.</summary>
/// <param name="Path">Relative to the repository's root, with slashes; safe to be joined to a folder.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Hash">SHA-256 of a large file, git's SHA-1 of a small one; hexadecimal.</param>
/// <param name="IsSha256">Which of the two.</param>
internal sealed record HubFile(string Path, long Size, string Hash, bool IsSha256);
