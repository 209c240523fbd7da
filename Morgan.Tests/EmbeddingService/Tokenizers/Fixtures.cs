using System.Globalization;
using System.Text.RegularExpressions;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

/// <summary>What Tooling/references.mjs wrote: texts, small tokenizers, and the ids that Hugging Face's library gives.</summary>
internal static partial class Fixtures
{
    /// <summary>The folder of them all.</summary>
    public static string Root { get; } = Path.Combine(Repository.Root, "Morgan.Tests", "EmbeddingService", "Tokenizers", "Fixtures");

    /// <summary>The texts that every reference is of.</summary>
    public static string[] Texts { get; } = [.. File.ReadAllLines(Path.Combine(Root, "texts.txt")).Select(Unescape)];

    /// <summary>The folder of a small tokenizer.</summary>
    public static string Folder(string name) => Path.Combine(Root, name);

    /// <summary>The ids of each text.</summary>
    public static int[][] Ids(string name) =>
        [.. File.ReadAllLines(Path.Combine(Root, $"{name}.ids.txt")).Select(line =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray())];

    /// <summary>JSON cannot carry lone surrogates, so each UTF-16 code unit that is not plain ASCII is written <c>\u0000</c>.</summary>
    private static string Unescape(string line) =>
        Escape().Replace(line, match => ((char)int.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString());

    [GeneratedRegex("""\\u([0-9a-f]{4})""")]
    private static partial Regex Escape();
}
