using System.Security.Cryptography;
using Morgan.EmbeddingService.Tokenizers.Loading;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers;

/// <summary>Makes a tokenizer from the files that lie beside a model.</summary>
internal static class TokenizerLoader
{
    /// <summary>A model_max_length from here on means "no limit": transformers writes 1e30 for it.</summary>
    private const double Unlimited = 1e9;

    /// <summary>
    /// Reads a folder's tokenizer.json, else its vocab.txt (BERT's), else its one *.model file (SentencePiece's), with
    /// tokenizer_config.json where there is one.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="FileNotFoundException">The folder has none of these files, or more than one *.model.</exception>
    /// <exception cref="TokenizerFormatException">A file is damaged or has a part that is not supported; the message names both.</exception>
    public static ITokenizer Load(string folder)
    {
        var path = FindFile(folder);
        var bytes = File.ReadAllBytes(path);
        var configPath = Path.Combine(folder, "tokenizer_config.json");
        var configBytes = File.Exists(configPath) ? File.ReadAllBytes(configPath) : [];
        var config = configBytes.Length > 0 ? JsonFile.Parse(configPath, configBytes) : null;
        try
        {
            var parts = Path.GetExtension(path) switch
            {
                ".json" => TokenizerJsonReader.Read(JsonFile.Parse(path, bytes), Hash(bytes, [])),
                ".txt" => VocabTextReader.Read(path, bytes, config, Hash(bytes, configBytes)),
                _ => SentencePieceReader.Read(path, bytes, config, Hash(bytes, configBytes)),
            };
            return new PipelineTokenizer(parts with { MaxTokens = MaxLength(config) ?? parts.MaxTokens });
        }
        catch (InvalidOperationException e)
        {
            throw new TokenizerFormatException(path, "the file", $"holds a text that is not Unicode: {e.Message}", e);
        }
    }

    private static string FindFile(string folder)
    {
        foreach (var name in (ReadOnlySpan<string>)["tokenizer.json", "vocab.txt"])
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return Directory.Exists(folder) && Directory.GetFiles(folder, "*.model") is [var model]
            ? model
            : throw new FileNotFoundException($"{folder} has no tokenizer.json, no vocab.txt and not one *.model file");
    }

    private static string Hash(byte[] file, byte[] config)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file);
        hash.AppendData(config);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int? MaxLength(JsonPart? config) =>
        config?.Optional("model_max_length")?.Number() is { } length and >= 1 and < Unlimited ? (int)length : null;
}
