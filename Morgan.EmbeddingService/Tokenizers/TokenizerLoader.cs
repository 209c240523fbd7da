using System.Security.Cryptography;
using Morgan.EmbeddingService.Tokenizers.Loading;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers;

/// <summary>Makes a tokenizer from the files that lie beside a model.</summary>
internal static class TokenizerLoader
{
    /// <summary>A model_max_length from here on means "no limit": transformers writes 1e30 for it.</summary>
    private const double Unlimited = 1e9;

    /// <summary>Reads tokenizer.json, else vocab.txt, else the one *.model file of a folder, with tokenizer_config.json where it is there.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="FileNotFoundException">The folder has none of these files.</exception>
    /// <exception cref="TokenizerFormatException">A file is damaged or has a part that is not supported; the message names both.</exception>
    public static ITokenizer Load(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{folder} has no tokenizer.json, vocab.txt or *.model", path);
        }

        var bytes = File.ReadAllBytes(path);
        var config = ReadConfig(folder);
        var parts = TokenizerJsonReader.Read(JsonFile.Parse(path, bytes), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return new PipelineTokenizer(parts with { MaxTokens = MaxLength(config) ?? parts.MaxTokens });
    }

    private static JsonPart? ReadConfig(string folder)
    {
        var path = Path.Combine(folder, "tokenizer_config.json");
        return File.Exists(path) ? JsonFile.Parse(path, File.ReadAllBytes(path)) : null;
    }

    private static int? MaxLength(JsonPart? config) =>
        config?.Optional("model_max_length")?.Number() is { } length and >= 1 and < Unlimited ? (int)length : null;
}
