using Morgan.EmbeddingService.Catalog.Layouts;

namespace Morgan.EmbeddingService.HuggingFace;

/// <summary>Which files of a repository a model needs: one graph, its external weights, and the small files around them.</summary>
internal static class FileChoice
{
    private const long MaxSmallBytes = 64L * 1024 * 1024;

    /// <summary>Chooses.</summary>
    /// <param name="files">The repository's files.</param>
    /// <param name="named">The graph that the user named, or null.</param>
    /// <exception cref="InvalidDataException">There is no graph, or no telling which.</exception>
    public static IReadOnlyList<HubFile> Choose(IReadOnlyList<HubFile> files, string? named)
    {
        var graph = GraphFile.Choose([.. files.Where(file => file.Path.EndsWith(".onnx", StringComparison.Ordinal)).Select(file => file.Path)], named);
        return [.. files.Where(file => file.Path.StartsWith(graph, StringComparison.Ordinal) || IsSmallPart(file))];
    }

    // config.json, tokenizer.json, vocab.txt, sentencepiece.bpe.model, 1_Pooling/config.json, 2_Dense/model.safetensors
    private static bool IsSmallPart(HubFile file)
    {
        var depth = file.Path.Count(c => c == '/');
        var isText = file.Path.EndsWith(".json", StringComparison.Ordinal) || file.Path.EndsWith(".txt", StringComparison.Ordinal)
            || file.Path.EndsWith(".model", StringComparison.Ordinal);
        var isModule = depth == 1 && char.IsAsciiDigit(file.Path[0]) && file.Path.EndsWith("model.safetensors", StringComparison.Ordinal);
        return file.Size <= MaxSmallBytes && depth <= 1 && (isText || isModule);
    }
}
