namespace Morgan.EmbeddingService.Configuration;

/// <summary>The names of <c>Backend</c>: the layouts of model folders that Morgan reads, and hosts that embed for it.</summary>
internal static class Backends
{
    /// <summary>Told by the files.</summary>
    public const string Auto = "auto";

    /// <summary>A folder with modules.json.</summary>
    public const string SentenceTransformers = "sentence-transformers";

    /// <summary>config.json, tokenizer.json and onnx/model*.onnx.</summary>
    public const string HuggingFace = "huggingface";

    /// <summary>One .onnx file and a tokenizer.</summary>
    public const string Onnx = "onnx";

    /// <summary>model_optimized.onnx with config.json and the tokenizer's files at the root.</summary>
    public const string FastEmbed = "fastembed";

    /// <summary>No folder at all: the hosts of <c>Embedding:Remote</c> embed.</summary>
    public const string Remote = "remote";

    /// <summary>Every name, as an error message lists them.</summary>
    public static readonly string[] All = [Auto, SentenceTransformers, HuggingFace, Onnx, FastEmbed, Remote];
}
