namespace Morgan.ModelBuilder.Output;

/// <summary>Which of the two graphs is built.</summary>
internal enum Precision
{
    /// <summary>The fused int8 graph, which Morgan ships.</summary>
    Int8,

    /// <summary>The float32 graph that it is measured against.</summary>
    Float32,
}
