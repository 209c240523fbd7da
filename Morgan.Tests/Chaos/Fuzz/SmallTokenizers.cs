using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>
/// Makes tokenizer.json files of a kilobyte or two: parts of several real ones beside each other, with short vocabularies
/// and now and then something odd in a part's place. They lead to the same code as the real files in a tenth of the time.
/// </summary>
internal sealed class SmallTokenizers
{
    private const int MostTokens = 40;
    private const int MostMerges = 12;

    /// <summary>A regular expression is compiled, which takes longer than all else.</summary>
    private const int PatternsRare = 40;

    private static readonly string[] Names = ["normalizer", "pre_tokenizer", "post_processor", "added_tokens", "truncation", "padding", "model"];

    private static readonly string[] Members =
    [
        "type", "normalizers", "pretokenizers", "processors", "pattern", "String", "behavior", "invert", "content", "replacement", "prepend_scheme", "add_prefix_space", "use_regex", "split", "individual_digits", "delimiter",
        "lowercase", "clean_text", "strip_accents", "handle_chinese_chars", "strip_left", "strip_right", "prepend", "precompiled_charsmap", "single", "special_tokens", "cls", "sep", "Sequence", "SpecialToken", "id", "ids", "type_id",
        "single_word", "lstrip", "rstrip", "normalized", "special", "direction", "max_length", "pad_id", "vocab", "merges", "unk_token", "unk_id", "byte_fallback", "fuse_unk", "ignore_merges", "dropout",
        "continuing_subword_prefix", "end_of_word_suffix", "max_input_chars_per_word",
    ];

    private static readonly string[] Own =
    [
        """{"type":"NFKD"}""", """{"type":"NFD"}""", """{"type":"Nmt"}""", """{"type":"StripAccents"}""", """{"type":"Strip","strip_left":true,"strip_right":false}""", """{"type":"Sequence","normalizers":[]}""",
        """{"type":"Digits","individual_digits":true}""", """{"type":"Punctuation","behavior":"MergedWithNext"}""", """{"type":"CharDelimiterSplit","delimiter":"l"}""", """{"type":"WhitespaceSplit"}""", """{"type":"Whitespace"}""",
        """{"type":"Split","pattern":{"String":"l"},"behavior":"Contiguous","invert":true}""", """{"type":"Split","pattern":{"String":"o"},"behavior":"MergedWithPrevious","invert":false}""",
        """{"type":"Metaspace","replacement":"_","prepend_scheme":"first"}""", """{"direction":"Left","max_length":3}""", """{"direction":"Right","max_length":0}""", """{"pad_id":7}""", """{"pad_id":2147483646}""",
    ];

    private readonly Dictionary<string, byte[][]> _plain = [];
    private readonly Dictionary<string, byte[][]> _withPattern = [];

    /// <param name="files">Real files.</param>
    public SmallTokenizers(IReadOnlyList<byte[]> files)
    {
        var roots = files.Select(file => JsonNode.Parse(file)!.AsObject()).ToList();
        foreach (var name in Names)
        {
            var parts = roots.Select(root => root[name]?.DeepClone()).OfType<JsonNode>().ToList();
            parts.ForEach(part => Shorten(part));
            var texts = parts.Select(part => part.ToJsonString()).Concat(name is "model" or "added_tokens" ? [] : Own).Distinct().ToLookup(text => text.Contains("\"Regex\"", StringComparison.Ordinal));
            _plain[name] = [.. texts[false].Select(Encoding.UTF8.GetBytes)];
            _withPattern[name] = [.. texts[true].Select(Encoding.UTF8.GetBytes)];
        }
    }

    /// <summary>Makes a file.</summary>
    public byte[] Make(Random random)
    {
        using var file = new MemoryStream();
        file.WriteByte((byte)'{');
        foreach (var name in Names)
        {
            if (name != "model" && random.Next(4) == 0)
            {
                continue;
            }

            file.Write(Encoding.UTF8.GetBytes($"{(file.Length > 1 ? "," : "")}\"{name}\":"));
            file.Write(Part(random, name));
        }

        file.WriteByte((byte)'}');
        return Noise.Maybe(random, file.ToArray());
    }

    private byte[] Part(Random random, string name)
    {
        if (random.Next(12) == 0)
        {
            return Noise.Json(random, Members);
        }

        var parts = _withPattern[name].Length > 0 && random.Next(PatternsRare) == 0 ? _withPattern[name] : _plain[name];
        var part = parts[random.Next(parts.Length)];
        return random.Next(8) == 0 ? Noise.Damage(random, part) : part;
    }

    // {"vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]}: the tokens of the merges that stay, and a few more.
    private static void Shorten(JsonNode part)
    {
        if (part is JsonArray added)
        {
            Cut(added, MostMerges);
        }
        else if (part["merges"] is JsonArray merges && part["vocab"] is JsonObject all)
        {
            Cut(merges, MostMerges);
            var kept = merges.SelectMany(pair => pair is JsonArray two ? two.Select(token => token!.GetValue<string>()) : pair!.GetValue<string>().Split(' ')).ToList();
            var prefix = part["continuing_subword_prefix"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
            kept.AddRange(kept.Chunk(2).Select(pair => pair[0] + pair[1][prefix.Length..]).ToList());
            part["vocab"] = Keep(all, token => kept.Contains(token));
        }
        else if (part["vocab"] is JsonObject ids)
        {
            part["vocab"] = Keep(ids, token => token == part["unk_token"]?.GetValue<string>());
        }
        else if (part["vocab"] is JsonArray scores)
        {
            Cut(scores, MostTokens);
        }
    }

    private static JsonObject Keep(JsonObject vocabulary, Func<string, bool> isNeeded) =>
        new(vocabulary.Where((token, i) => i < MostTokens || isNeeded(token.Key)).Select(token => KeyValuePair.Create(token.Key, token.Value?.DeepClone())));

    private static void Cut(JsonArray list, int most)
    {
        while (list.Count > most)
        {
            list.RemoveAt(list.Count - 1);
        }
    }
}
