using Microsoft.ML.OnnxRuntime;
using Morgan.EmbeddingService.Inference;

namespace Morgan.Tests.ModelBuilder;

/// <summary>
/// An encoder graph in ONNX Runtime with the service's own options, without which int8 is wrong on processors that lack
/// VNNI: token ids in, text vectors out.
/// </summary>
internal sealed class EncoderSession : IDisposable
{
    private readonly SessionOptions _options = SessionSetup.ForCpu();

    private readonly InferenceSession _session;

    public EncoderSession(byte[] model)
    {
        _options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL; // errors arrive as exceptions
        _session = new InferenceSession(model, _options);
    }

    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>Runs texts as one batch, padded with id 0 to the longest, at least one token wide.</summary>
    public float[][] Embed(params IReadOnlyList<int[]> texts)
    {
        var width = Math.Max(1, texts.Max(ids => ids.Length));
        var inputIds = new long[texts.Count * width];
        var mask = new long[texts.Count * width];
        for (var row = 0; row < texts.Count; row++)
        {
            for (var i = 0; i < texts[row].Length; i++)
            {
                inputIds[row * width + i] = texts[row][i];
                mask[row * width + i] = 1;
            }
        }

        using var idsValue = OrtValue.CreateTensorValueFromMemory(inputIds, [texts.Count, width]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [texts.Count, width]);
        var inputs = new Dictionary<string, OrtValue> { ["input_ids"] = idsValue, ["attention_mask"] = maskValue };
        using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var outputs = _session.Run(run, inputs, ["sentence_embedding"]);
        var vectors = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        return [.. vectors.Chunk(vectors.Length / texts.Count)];
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }
}
