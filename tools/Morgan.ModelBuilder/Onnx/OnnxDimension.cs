namespace Morgan.ModelBuilder.Onnx;

/// <summary>
/// One dimension of a graph's input or output: a fixed length, or a name for a length that is only known at run time.
/// Numbers and strings convert to it: <c>graph.Input("input_ids", OnnxElementType.Int64, "batch", 128)</c>.
/// </summary>
internal readonly record struct OnnxDimension
{
    private OnnxDimension(long? length, string? name)
    {
        Length = length;
        Name = name;
    }

    /// <summary>The fixed length, or null where the dimension is named.</summary>
    public long? Length { get; }

    /// <summary>The name of the free dimension, or null where its length is fixed.</summary>
    public string? Name { get; }

    /// <summary>A dimension of fixed length.</summary>
    /// <param name="length">The length, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static OnnxDimension Fixed(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new OnnxDimension(length, null);
    }

    /// <summary>A dimension whose length differs from run to run; the same name means the same length.</summary>
    /// <param name="name">The name, not empty.</param>
    public static OnnxDimension Free(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new OnnxDimension(null, name);
    }

    /// <summary>Same as <see cref="Fixed"/>.</summary>
    /// <param name="length">The length, 0 or more.</param>
    public static implicit operator OnnxDimension(long length) => Fixed(length);

    /// <summary>Same as <see cref="Free"/>.</summary>
    /// <param name="name">The name, not empty.</param>
    public static implicit operator OnnxDimension(string name) => Free(name);

    internal ProtobufWriter ToMessage() =>
        Name is null ? new ProtobufWriter().Int(1, Length ?? 0) : new ProtobufWriter().String(2, Name);
}
