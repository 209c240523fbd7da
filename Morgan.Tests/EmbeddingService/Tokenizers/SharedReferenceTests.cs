using System.Text.Json;
using System.Text.RegularExpressions;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

/// <summary>The references that lie beside the shared models and tokenizers.</summary>
public sealed class SharedReferenceTests
{
    /// <summary>
    /// That reference comes from transformers.js, whose Whitespace pre-tokenizer takes only ASCII for word characters;
    /// Hugging Face's library itself gives other ids for these three texts (they are in <see cref="HuggingFaceParityTests"/>).
    /// </summary>
    private static readonly Regex OnlyInJavaScript = new("^(Ångström|Привет|zero\u200bwidth)", RegexOptions.CultureInvariant);

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

        foreach (var item in reference.RootElement.GetProperty("items").EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            var expected = item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            if (folder == "models/wink-100d" && OnlyInJavaScript.IsMatch(text))
            {
                continue;
            }

            buffer.Clear();
            var count = tokenizer.Encode(text, buffer, int.MaxValue);

            Assert.True(expected.AsSpan().SequenceEqual(buffer.Ids), $"{text}: {string.Join(' ', buffer.Ids.ToArray())}");
            Assert.Equal(expected.Length, count);
        }
    }
}
