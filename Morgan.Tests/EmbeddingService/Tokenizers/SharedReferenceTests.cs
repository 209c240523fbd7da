using System.Text.Json;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

/// <summary>The references that lie beside the shared models and tokenizers.</summary>
public sealed class SharedReferenceTests
{
    [Theory]
    [InlineData("models/use-lite")]
    public void Encode_SharedReferenceTexts_GivesTheReferenceIds(string folder)
    {
        var tokenizer = TokenizerLoader.Load(Shared.Path(folder));
        using var reference = JsonDocument.Parse(File.ReadAllBytes(Shared.Path($"{folder}/reference.json")));
        using var buffer = new TokenBuffer();

        foreach (var item in reference.RootElement.GetProperty("items").EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            var expected = item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            buffer.Clear();
            var count = tokenizer.Encode(text, buffer, int.MaxValue);

            Assert.True(expected.AsSpan().SequenceEqual(buffer.Ids), $"{text}: {string.Join(' ', buffer.Ids.ToArray())}");
            Assert.Equal(expected.Length, count);
        }
    }
}
