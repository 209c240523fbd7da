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

    /// <summary>The file that the user named, else the first of the well-known names, else the only one there is.</summary>
    /// <exception cref="ConfigurationException">There is none, or no telling which.</exception>
    public static string Find(ModelFolder folder, string? named)
    {
        if (named is not null)
        {
            return folder.Has(named)
                ? folder.Full(named)
                : throw new ConfigurationException($"{folder.Key}:File: there is no file {folder.Full(named)}");
        }

        if (Array.Find(Names, folder.Has) is { } known)
        {
            return folder.Full(known);
        }

        string[] all = [.. Directory.EnumerateFiles(folder.Path, "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        return all.Length switch
        {
            1 => all[0],
            0 => throw new ConfigurationException($"{folder.Key}:Source: there is no .onnx file in {folder.Path}"),
            _ => throw new ConfigurationException(
                $"{folder.Key}:File: name one of {string.Join(", ", all.Select(file => Path.GetRelativePath(folder.Path, file)))}"),
        };
    }
}
