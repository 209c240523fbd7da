using System.Globalization;
using System.Text.Json;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>A place in a JSON file that knows its way there, so that what is wrong with it can be said.</summary>
internal sealed class JsonPart
{
    private readonly JsonElement _element;
    private readonly JsonPart? _parent;
    private readonly string? _name;
    private readonly int _index;

    /// <param name="file">The file's name, for messages.</param>
    /// <param name="root">The file's content.</param>
    public JsonPart(string file, JsonElement root)
    {
        File = file;
        _element = root;
    }

    private JsonPart(JsonPart parent, string? name, int index, JsonElement element)
    {
        File = parent.File;
        _parent = parent;
        _name = name;
        _index = index;
        _element = element;
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>The way to this place, such as <c>pre_tokenizer.pretokenizers[1].type</c>; empty for the whole file.</summary>
    public string Path => _parent is null ? ""
        : _name is null ? string.Create(CultureInfo.InvariantCulture, $"{_parent.Path}[{_index}]")
        : _parent.Path.Length == 0 ? _name
        : $"{_parent.Path}.{_name}";

    /// <summary>What kind of value stands here.</summary>
    public JsonValueKind Kind => _element.ValueKind;

    /// <summary>The value of the object's <c>type</c>, which says which part of the library it configures.</summary>
    public string Type => Required("type").String();

    /// <summary>An object's member, or null where it is absent or null.</summary>
    public JsonPart? Optional(string name)
    {
        if (Kind != JsonValueKind.Object)
        {
            throw Wrong("an object");
        }

        return _element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? new JsonPart(this, name, 0, member)
            : null;
    }

    /// <summary>An object's member.</summary>
    public JsonPart Required(string name) => Optional(name) ?? throw Error($"\"{name}\" is missing");

    /// <summary>An object's members, nulls included.</summary>
    public IEnumerable<KeyValuePair<string, JsonPart>> Members()
    {
        if (Kind != JsonValueKind.Object)
        {
            throw Wrong("an object");
        }

        foreach (var member in _element.EnumerateObject())
        {
            yield return new(member.Name, new JsonPart(this, member.Name, 0, member.Value));
        }
    }

    /// <summary>An array's items, nulls included.</summary>
    public IEnumerable<JsonPart> Items()
    {
        if (Kind != JsonValueKind.Array)
        {
            throw Wrong("an array");
        }

        var index = 0;
        foreach (var item in _element.EnumerateArray())
        {
            yield return new JsonPart(this, null, index++, item);
        }
    }

    /// <summary>A string.</summary>
    public string String()
    {
        if (Kind != JsonValueKind.String)
        {
            throw Wrong("a string");
        }

        try
        {
            return _element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new TokenizerFormatException(File, Path, "is a string of invalid UTF-16", e);
        }
    }

    /// <summary>A whole number from 0 to <see cref="int.MaxValue"/> less one.</summary>
    public int Id() => Kind == JsonValueKind.Number && _element.TryGetInt32(out var value) && value is >= 0 and < int.MaxValue
        ? value
        : throw Wrong("a whole number from 0 to 2147483646");

    /// <summary>A finite number.</summary>
    public double Number() => Kind == JsonValueKind.Number && _element.TryGetDouble(out var value) && double.IsFinite(value)
        ? value
        : throw Wrong("a number");

    /// <summary>true or false.</summary>
    public bool Boolean() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    /// <summary>An object's member that is true or false, with the value of its absence.</summary>
    public bool Boolean(string name, bool absent) => Optional(name)?.Boolean() ?? absent;

    /// <summary>What to throw for something wrong here.</summary>
    public TokenizerFormatException Error(string problem) => new(File, Path.Length == 0 ? "the file" : Path, problem);

    /// <summary>What to throw for a part that Morgan does not run.</summary>
    public TokenizerFormatException Unsupported(string name) => Error($"\"{name}\" is not supported");

    private TokenizerFormatException Wrong(string expected) => Error($"is {Describe()}, expected {expected}");

    private string Describe() => Kind switch
    {
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => _element.GetRawText(),
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        _ => "null",
    };
}
