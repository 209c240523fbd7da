using System.Globalization;
using System.Runtime.InteropServices;

namespace Morgan.ModelBuilder.Onnx;

/// <summary>
/// A graph under construction. Every method that makes a value returns the value's name, to be passed to the nodes that
/// read it, so a graph is written in the order in which it is computed:
/// <code>
/// var graph = new OnnxGraph("double");
/// var x = graph.Input("x", OnnxElementType.Float, "n");
/// var y = graph.Add("Mul", [x, graph.Scalar(2f)]);
/// graph.Output(y, OnnxElementType.Float, "n");
/// byte[] model = new OnnxModel(graph).ToBytes();
/// </code>
/// </summary>
internal sealed class OnnxGraph
{
    private readonly HashSet<string> _values = [];
    private readonly HashSet<string> _constants = [];
    private readonly HashSet<string> _domains = [];
    private readonly List<ProtobufWriter> _nodes = [];
    private readonly List<ProtobufWriter> _initializers = [];
    private readonly List<ProtobufWriter> _inputs = [];
    private readonly List<ProtobufWriter> _outputs = [];
    private int _unnamed;

    /// <summary>Starts an empty graph.</summary>
    /// <param name="name">The graph's name, not empty.</param>
    public OnnxGraph(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The graph's name.</summary>
    public string Name { get; }

    /// <summary>How many nodes the graph has so far.</summary>
    public int NodeCount => _nodes.Count;

    /// <summary>The non-standard domains of the nodes added so far.</summary>
    internal IEnumerable<string> Domains => _domains;

    /// <summary>Declares an input of the graph.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="dimensions">Its shape; none for a scalar.</param>
    /// <returns>The input's name.</returns>
    /// <exception cref="ArgumentException">The graph has a value of that name already.</exception>
    public string Input(string name, OnnxElementType type, params ReadOnlySpan<OnnxDimension> dimensions)
    {
        Declare(name);
        _inputs.Add(ValueInfo(name, type, dimensions));
        return name;
    }

    /// <summary>Makes a value an output of the graph.</summary>
    /// <param name="name">The name of a value that an earlier call made.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="dimensions">Its shape; none for a scalar.</param>
    /// <exception cref="ArgumentException">Nothing in the graph makes that value.</exception>
    public void Output(string name, OnnxElementType type, params ReadOnlySpan<OnnxDimension> dimensions)
    {
        if (!_values.Contains(name))
        {
            throw new ArgumentException($"output '{name}' is made by nothing in graph '{Name}'", nameof(name));
        }

        _outputs.Add(ValueInfo(name, type, dimensions));
    }

    /// <summary>Adds a tensor of constants, such as a weight matrix.</summary>
    /// <typeparam name="T">float, Half, sbyte, byte, int, long or bool.</typeparam>
    /// <param name="name">The tensor's name.</param>
    /// <param name="dimensions">Its shape; empty for a scalar.</param>
    /// <param name="values">Its elements, row-major.</param>
    /// <returns>The tensor's name.</returns>
    /// <exception cref="ArgumentException">
    /// The graph has a value of that name already, or the number of elements is not that of the shape.
    /// </exception>
    /// <exception cref="NotSupportedException">ONNX has no such element type, or this writer doesn't know it.</exception>
    public string Initializer<T>(string name, ReadOnlySpan<long> dimensions, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        long count = 1;
        var message = new ProtobufWriter();
        foreach (var dimension in dimensions)
        {
            count = checked(count * dimension);
            message.Int(1, dimension);
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"initializer '{name}' has {values.Length} elements, its shape {count}", nameof(values));
        }

        Declare(name);
        // raw_data is little-endian, as every processor that ONNX Runtime ships for
        _initializers.Add(message.Int(2, (long)ElementTypeOf<T>()).String(8, name).Bytes(9, MemoryMarshal.AsBytes(values)));
        return name;
    }

    /// <summary>Adds a vector of integers, or finds the one added before with the same elements.</summary>
    /// <param name="values">The elements.</param>
    /// <returns>The vector's name.</returns>
    public string Vector(params ReadOnlySpan<long> values)
    {
        var name = "c_v_" + string.Join('_', values.ToArray().Select(ConstantName));
        return Constant(name, [values.Length], values);
    }

    /// <summary>Adds an integer scalar, or finds the one added before with the same value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The scalar's name.</returns>
    public string Scalar(long value) => Constant("c_s_" + ConstantName(value), [], [value]);

    /// <summary>Adds a float scalar, or finds the one added before with the same value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The scalar's name.</returns>
    public string Scalar(float value)
    {
        var name = value.ToString(CultureInfo.InvariantCulture).Replace('-', 'm').Replace('.', '_');
        return Constant("c_f_" + name, [], [value]);
    }

    /// <summary>Adds a node of the ONNX standard domain with one output.</summary>
    /// <param name="operator">The operator's name.</param>
    /// <param name="inputs">Names of the values that it reads.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The name that the graph gave the output.</returns>
    /// <exception cref="ArgumentException">Nothing in the graph makes one of the inputs.</exception>
    public string Add(string @operator, IReadOnlyList<string> inputs, params IReadOnlyList<OnnxAttribute> attributes) =>
        Add(new OnnxNode(@operator, inputs) { Attributes = attributes })[0];

    /// <summary>Adds a node.</summary>
    /// <param name="node">The operator, its inputs, attributes and outputs.</param>
    /// <returns>The names of its outputs.</returns>
    /// <exception cref="ArgumentException">
    /// Nothing in the graph makes one of the inputs, or the graph has a value named like one of the outputs.
    /// </exception>
    public IReadOnlyList<string> Add(OnnxNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var message = new ProtobufWriter();
        foreach (var input in node.Inputs)
        {
            if (input.Length > 0 && !_values.Contains(input))
            {
                throw new ArgumentException($"{node.Operator} reads '{input}', which nothing before it makes", nameof(node));
            }

            message.String(1, input);
        }

        var outputs = node.Outputs ?? NextNames(node.OutputCount);
        foreach (var output in outputs)
        {
            if (output.Length > 0)
            {
                Declare(output);
            }

            message.String(2, output);
        }

        message.String(3, $"{node.Operator}_{_nodes.Count}").String(4, node.Operator);
        foreach (var attribute in node.Attributes)
        {
            message.Message(5, attribute.ToMessage());
        }

        if (node.Domain.Length > 0)
        {
            message.String(7, node.Domain);
            _domains.Add(node.Domain);
        }

        _nodes.Add(message);
        return outputs;
    }

    internal ProtobufWriter ToMessage()
    {
        var graph = new ProtobufWriter();
        AppendAll(graph, 1, _nodes);
        graph.String(2, Name);
        AppendAll(graph, 5, _initializers);
        AppendAll(graph, 11, _inputs);
        AppendAll(graph, 12, _outputs);
        return graph;
    }

    private static void AppendAll(ProtobufWriter graph, int field, List<ProtobufWriter> messages)
    {
        foreach (var message in messages)
        {
            graph.Message(field, message);
        }
    }

    private static ProtobufWriter ValueInfo(string name, OnnxElementType type, ReadOnlySpan<OnnxDimension> dimensions)
    {
        var shape = new ProtobufWriter();
        foreach (var dimension in dimensions)
        {
            shape.Message(1, dimension.ToMessage());
        }

        var tensor = new ProtobufWriter().Int(1, (long)type).Message(2, shape);
        return new ProtobufWriter().String(1, name).Message(2, new ProtobufWriter().Message(1, tensor));
    }

    private static string ConstantName(long value) => value.ToString(CultureInfo.InvariantCulture).Replace('-', 'm');

    private static OnnxElementType ElementTypeOf<T>()
        where T : unmanaged => default(T) switch
        {
            float => OnnxElementType.Float,
            Half => OnnxElementType.Float16,
            sbyte => OnnxElementType.Int8,
            byte => OnnxElementType.UInt8,
            int => OnnxElementType.Int32,
            long => OnnxElementType.Int64,
            bool => OnnxElementType.Bool,
            _ => throw new NotSupportedException($"no ONNX element type for {typeof(T)}"),
        };

    private string Constant<T>(string name, ReadOnlySpan<long> dimensions, ReadOnlySpan<T> values)
        where T : unmanaged => _constants.Add(name) ? Initializer(name, dimensions, values) : name;

    private string[] NextNames(int count)
    {
        var names = new string[count];
        for (var i = 0; i < count; i++)
        {
            names[i] = $"t{_unnamed++}";
        }

        return names;
    }

    private void Declare(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_values.Add(name))
        {
            throw new ArgumentException($"graph '{Name}' has two values named '{name}'", nameof(name));
        }
    }
}
