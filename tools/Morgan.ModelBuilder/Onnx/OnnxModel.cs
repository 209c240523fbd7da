namespace Morgan.ModelBuilder.Onnx;

/// <summary>A graph with what a runtime needs to know to load it: an .onnx file.</summary>
/// <param name="graph">The finished graph.</param>
internal sealed class OnnxModel(OnnxGraph graph)
{
    private const int MicrosoftOperatorSet = 1;

    /// <summary>The version of the ONNX format; 8 by default, which operator set 17 came with.</summary>
    public int FormatVersion { get; init; } = 8;

    /// <summary>The version of the standard operators; 17 by default, the first with LayerNormalization.</summary>
    public int OperatorSet { get; init; } = 17;

    /// <summary>The name of the tool that wrote the file.</summary>
    public string Producer { get; init; } = "Morgan.ModelBuilder";

    /// <summary>Key and value pairs kept in the file, in order; none by default.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>The content of the .onnx file; the same graph gives the same bytes.</summary>
    public byte[] ToBytes()
    {
        var model = new ProtobufWriter()
            .Int(1, FormatVersion)
            .String(2, Producer)
            .Message(7, graph.ToMessage())
            .Message(8, OperatorSetId("", OperatorSet));
        foreach (var domain in graph.Domains)
        {
            model.Message(8, OperatorSetId(domain, MicrosoftOperatorSet));
        }

        foreach (var (key, value) in Metadata)
        {
            model.Message(14, new ProtobufWriter().String(1, key).String(2, value));
        }

        return model.Written.ToArray();
    }

    private static ProtobufWriter OperatorSetId(string domain, int version) =>
        new ProtobufWriter().String(1, domain).Int(2, version);
}
