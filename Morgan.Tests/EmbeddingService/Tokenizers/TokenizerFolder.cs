namespace Morgan.Tests.EmbeddingService.Tokenizers;

/// <summary>A folder of tokenizer files that a test writes, gone with it.</summary>
internal sealed class TokenizerFolder : IDisposable
{
    public TokenizerFolder()
    {
        Directory.CreateDirectory(Path);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"morgan-tokenizer-{Guid.NewGuid():N}");

    public static TokenizerFolder With(string file, string content)
    {
        var folder = new TokenizerFolder();
        folder.Write(file, content);
        return folder;
    }

    public void Write(string file, string content) => File.WriteAllText(System.IO.Path.Combine(Path, file), content);

    public void Write(string file, byte[] content) => File.WriteAllBytes(System.IO.Path.Combine(Path, file), content);

    public void Copy(string from) => File.Copy(from, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(from)));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
