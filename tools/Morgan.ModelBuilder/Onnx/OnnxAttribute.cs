namespace Morgan.ModelBuilder.Onnx;

/// <summary>A named constant of a node, such as the axis of a Gather.</summary>
internal sealed class OnnxAttribute
{
    // AttributeProto.AttributeType
    private const int FloatType = 1;
    private const int IntType = 2;
    private const int StringType = 3;
    private const int IntsType = 7;

    private readonly ProtobufWriter _message;

    private OnnxAttribute(string name, ProtobufWriter message)
    {
        Name = name;
        _message = message;
    }

    /// <summary>The attribute's name as the operator's documentation spells it.</summary>
    public string Name { get; }

    /// <summary>An integer attribute.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">Its value.</param>
    public static OnnxAttribute Int(string name, long value) =>
        new(name, Named(name).Int(3, value).Int(20, IntType));

    /// <summary>A float attribute.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">Its value.</param>
    public static OnnxAttribute Float(string name, float value) =>
        new(name, Named(name).Float(2, value).Int(20, FloatType));

    /// <summary>A string attribute.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">Its value.</param>
    public static OnnxAttribute Text(string name, string value) =>
        new(name, Named(name).String(4, value).Int(20, StringType));

    /// <summary>An attribute that is a list of integers.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="values">Its values in order.</param>
    public static OnnxAttribute Ints(string name, params ReadOnlySpan<long> values)
    {
        var message = Named(name);
        foreach (var value in values)
        {
            message.Int(8, value);
        }

        return new OnnxAttribute(name, message.Int(20, IntsType));
    }

    /// <summary>The attribute that names an element type, as Cast's <c>to</c>.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The element type.</param>
    public static OnnxAttribute ElementType(string name, OnnxElementType value) => Int(name, (long)value);

    internal ProtobufWriter ToMessage() => _message;

    private static ProtobufWriter Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ProtobufWriter().String(1, name);
    }
}
