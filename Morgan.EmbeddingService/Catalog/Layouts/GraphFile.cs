using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>Finds a layout's .onnx file.</summary>
internal static class GraphFile
{
    /// <summary>The names in the order in which they are looked for: the exact weights before those with fewer bits.</summary>
    private static readonly string[] Names =
    [
        "model_optimized.onnx", "onnx/model.onnx", "model.onnx", "onnx/model_O4.onnx", "onnx/model_O3.onnx", "onnx/model_O2.onnx",
        "onnx/model_O1.onnx", "onnx/model_fp16.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx", "onnx/model_uint8.onnx",
        "onnx/model_qint8_avx512_vnni.onnx", "model_quantized.onnx", "model_int8.onnx",
    ];

    // Deep enough for every layout; a link that leads back up must not be walked round and round.
    private static readonly EnumerationOptions Deep = new() { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.None };

    /// <summary>The path of a folder's graph.</summary>
    /// <exception cref="ConfigurationException">There is none, or no telling which.</exception>
    public static string Find(ModelFolder folder, string? named)
    {
        string[] all = [.. Directory.EnumerateFiles(folder.Path, "*.onnx", Deep)
            .Select(file => Path.GetRelativePath(folder.Path, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        try
        {
            return folder.Full(Choose(all, named));
        }
        catch (InvalidDataException e)
        {
            throw new ConfigurationException($"{folder.Key}:{(named is null && all.Length == 0 ? "Source" : "File")}: {e.Message} ({folder.Path})", e);
        }
    }

    /// <summary>The file that the user named, else the first of the well-known names, else the only one there is.</summary>
    /// <param name="graphs">The .onnx files there are.</param>
    /// <param name="named">The one that the user named, or null.</param>
    /// <exception cref="InvalidDataException">There is none, or no telling which.</exception>
    public static string Choose(IReadOnlyList<string> graphs, string? named)
    {
        if (named is not null)
        {
            return graphs.Contains(named) ? named : throw new InvalidDataException($"there is no file {named}");
        }

        return Array.Find(Names, graphs.Contains) ?? graphs.Count switch
        {
            1 => graphs[0],
            0 => throw new InvalidDataException("there is no .onnx file"),
            _ => throw new InvalidDataException($"name one of {string.Join(", ", graphs)}"),
        };
    }
}
