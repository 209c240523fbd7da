namespace Morgan.ModelBuilder.Onnx;

/// <summary>One operator call in a graph.</summary>
/// <param name="Operator">The operator's name, for example <c>LayerNormalization</c>.</param>
/// <param name="Inputs">Names of the values that it reads; an empty name stands for an optional input left out.</param>
internal sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs)
{
    /// <summary>The domain of ONNX Runtime's own operators, such as QAttention.</summary>
    public const string MicrosoftDomain = "com.microsoft";

    /// <summary>The operator's domain: empty for the ONNX standard, else <see cref="MicrosoftDomain"/>.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The operator's attributes; none by default.</summary>
    public IReadOnlyList<OnnxAttribute> Attributes { get; init; } = [];

    /// <summary>
    /// Names of the values that it makes, or null to have the graph name one. An empty name stands for an optional output
    /// left out.
    /// </summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>How many outputs the graph names where <see cref="Outputs"/> is null; 1 by default.</summary>
    public int OutputCount { get; init; } = 1;
}
