using CsCheck;
using Morgan.EmbeddingService.Tokenizers.Trie;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

public sealed class CharTrieTests
{
    private static readonly Gen<string> Key = Gen.String[Gen.OneOf(Gen.Char['a', 'd'], Gen.Char['\u4e00', '\u4fff'], Gen.Char['\ufff0', '\uffff']), 0, 6];

    [Fact]
    public void Find_AnyKeys_FindsThoseAndNoOthers() =>
        Gen.Select(Key.Array[0, 200], Key.Array[0, 50]).Sample((keys, others) =>
        {
            var entries = keys.Select((key, i) => new KeyValuePair<string, int>(key, i)).ToArray();
            var expected = new Dictionary<string, int>();
            foreach (var (key, value) in entries)
            {
                expected[key] = value;
            }

            var trie = CharTrieBuilder.Build(entries);
            return keys.Concat(others).All(key => trie.Find(key) == (key.Length > 0 ? expected.GetValueOrDefault(key, -1) : -1));
        });

    [Fact]
    public void LongestPrefix_AnyKeys_GivesTheLongestThatTheTextStartsWith() =>
        Gen.Select(Key.Array[0, 100], Key).Sample((keys, text) =>
        {
            var trie = CharTrieBuilder.Build(keys.Select((key, i) => new KeyValuePair<string, int>(key, i)));
            var expected = keys.Where(key => text.StartsWith(key, StringComparison.Ordinal)).Select(key => key.Length).DefaultIfEmpty(0).Max();
            trie.LongestPrefix(text, out var length);
            return length == expected;
        });
}
