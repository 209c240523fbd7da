using System.IO.Compression;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>
/// What Hugging Face's tokenizers library knows of each code point, from unicode.bin, which was made by asking that
/// library (unicode-data.mjs beside the tests, which also describes the format). The .NET runtime's and ICU's own tables
/// are of other Unicode versions and vary with the machine, so tokens would too.
/// </summary>
internal sealed class UnicodeTables
{
    private readonly byte[] _bytes;
    private int _at;

    private UnicodeTables(byte[] bytes)
    {
        _bytes = bytes;
        Flags = ReadRuns();
        Canonical = ReadMapping();
        Compatible = ReadMapping();
        CombiningRank = ReadRuns();
        Compositions = ReadCompositions();
        Lower = ReadMapping();
    }

    /// <summary>The tables, read at first use.</summary>
    public static UnicodeTables Instance { get; } = Load();

    /// <summary>General category and classes of each code point: see <see cref="CharClasses"/>.</summary>
    public CodePointMap Flags { get; }

    /// <summary>Full canonical decompositions, without those of Hangul syllables.</summary>
    public CodePointStrings Canonical { get; }

    /// <summary>Full compatibility decompositions where they are not the canonical ones.</summary>
    public CodePointStrings Compatible { get; }

    /// <summary>0 for a starter, else a rank that orders marks as their combining classes do.</summary>
    public CodePointMap CombiningRank { get; }

    /// <summary>What a code point and a following one compose to, under (first &lt;&lt; 32 | second).</summary>
    public IReadOnlyDictionary<long, int> Compositions { get; }

    /// <summary>Lower-case mappings.</summary>
    public CodePointStrings Lower { get; }

    private static UnicodeTables Load()
    {
        using var resource = typeof(UnicodeTables).Assembly.GetManifestResourceStream("Morgan.EmbeddingService.unicode.bin")!;
        using var brotli = new BrotliStream(resource, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        brotli.CopyTo(bytes);
        return new UnicodeTables(bytes.ToArray());
    }

    private int ReadNumber()
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = _bytes[_at++];
            value |= (b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }

    private CodePointMap ReadRuns()
    {
        var values = new ushort[CodePointMap.CodePoints];
        for (var from = 0; from < values.Length;)
        {
            var length = ReadNumber();
            values.AsSpan(from, length).Fill((ushort)ReadNumber());
            from += length;
        }

        return new CodePointMap(values);
    }

    private CodePointStrings ReadMapping()
    {
        var entries = new (int CodePoint, int[] To)[ReadNumber()];
        var codePoint = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            codePoint += ReadNumber();
            var to = new int[ReadNumber()];
            for (var j = 0; j < to.Length; j++)
            {
                to[j] = ReadNumber();
            }

            entries[i] = (codePoint, to);
        }

        return new CodePointStrings(entries);
    }

    private Dictionary<long, int> ReadCompositions()
    {
        var count = ReadNumber();
        var compositions = new Dictionary<long, int>(count);
        for (var i = 0; i < count; i++)
        {
            var pair = ((long)ReadNumber() << 32) | (uint)ReadNumber();
            compositions[pair] = ReadNumber();
        }

        return compositions;
    }
}
