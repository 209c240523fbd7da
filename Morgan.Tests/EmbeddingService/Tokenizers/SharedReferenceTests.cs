using System.Text.Json;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

/// <summary>The references that lie beside the shared models and tokenizers.</summary>
public sealed class SharedReferenceTests
{
    /// <summary>
    /// The reference of wink-100d comes from transformers.js, whose Whitespace pre-tokenizer is JavaScript's \w, which takes
    /// only ASCII for word characters. For these three of its texts Hugging Face's own library gives other ids, and they count.
    /// </summary>
    private static readonly Dictionary<string, int[]> OfTheLibrary = new(StringComparer.Ordinal)
    {
        ["Ångström, Łódź, São Paulo, İstanbul, Straße, ŒUVRE"] = [0, 2, 0, 2, 0, 5570, 2, 0, 2, 0, 2, 0],
        ["Привет, как дела?"] = [0, 2, 0, 0, 180],
        ["zero\u200bwidth\u200djoiner\ufeffbom nbsp\u00a0here ideographic\u3000space"] = [3787, 0, 0, 0, 0, 0, 179, 0, 809],
    };

    [Theory]
    [InlineData("models/use-lite")]
    [InlineData("models/wink-100d")]
    [InlineData("tokenizers/bert-base-uncased")]
    [InlineData("tokenizers/all-MiniLM-L6-v2-configs")]
    public void Encode_SharedReferenceTexts_GivesTheReferenceIds(string folder)
    {
        var tokenizer = TokenizerLoader.Load(Shared.Path(folder));
        using var reference = JsonDocument.Parse(File.ReadAllBytes(Shared.Path($"{folder}/reference.json")));
        using var buffer = new TokenBuffer();
        var others = 0;

        foreach (var item in reference.RootElement.GetProperty("items").EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            var expected = item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            if (folder == "models/wink-100d" && OfTheLibrary.TryGetValue(text, out var ids))
            {
                expected = ids;
                others++;
            }

            buffer.Clear();
            var count = tokenizer.Encode(text, buffer, int.MaxValue);

            Assert.True(expected.AsSpan().SequenceEqual(buffer.Ids), $"{text}: {string.Join(' ', buffer.Ids.ToArray())}");
            Assert.Equal(expected.Length, count);
        }

        Assert.Equal(folder == "models/wink-100d" ? OfTheLibrary.Count : 0, others);
    }
}
