using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

public sealed class TokenizerFormatTests
{
    private const string WordLevel = """{"type":"WordLevel","unk_token":"[UNK]","vocab":{"[UNK]":0}}""";

    [Theory]
    [InlineData("""{"type":"UnicodeScripts"}""", "pre_tokenizer", "UnicodeScripts")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"Telepathy"}]}""", "pre_tokenizer.pretokenizers[1]", "Telepathy")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"\\p{Han}+"},"behavior":"Isolated","invert":false}""", "pre_tokenizer.pattern.Regex", "\\p{Han}")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"(?<x>a)\\k<x>"},"behavior":"Isolated","invert":false}""", "pre_tokenizer.pattern.Regex", "(?<")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"[a&&b]"},"behavior":"Isolated","invert":false}""", "pre_tokenizer.pattern.Regex", "&")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"a(b"},"behavior":"Isolated","invert":false}""", "pre_tokenizer.pattern.Regex", "a(b")]
    [InlineData("""{"type":"Split","pattern":{"String":""},"behavior":"Isolated","invert":false}""", "pre_tokenizer.pattern", "empty")]
    [InlineData("""{"type":"Split","pattern":{"String":"a"},"behavior":"Sometimes","invert":false}""", "pre_tokenizer.behavior", "Sometimes")]
    [InlineData("""{"type":"Metaspace","replacement":"ab"}""", "pre_tokenizer.replacement", "one character")]
    [InlineData("""{"type":"Digits"}""", "pre_tokenizer", "individual_digits")]
    [InlineData("""{"type":7}""", "pre_tokenizer.type", "7")]
    [InlineData("[]", "pre_tokenizer", "an array")]
    public void Load_UnknownOrDamagedPreTokenizer_NamesThePart(string preTokenizer, string part, string problem) =>
        AssertRefused($$"""{"model":{{WordLevel}},"pre_tokenizer":{{preTokenizer}}}""", part, problem);

    [Theory]
    [InlineData("""{"type":"Precompiled","precompiled_charsmap":"AAAA"}""", "normalizer.precompiled_charsmap", "character map")]
    [InlineData("""{"type":"Precompiled","precompiled_charsmap":"%%"}""", "normalizer.precompiled_charsmap", "Base-64")]
    [InlineData("""{"type":"Transliterate"}""", "normalizer", "Transliterate")]
    [InlineData("""{"type":"BertNormalizer","clean_text":1,"handle_chinese_chars":true,"lowercase":true}""", "normalizer.clean_text", "1")]
    public void Load_UnknownOrDamagedNormalizer_NamesThePart(string normalizer, string part, string problem) =>
        AssertRefused($$"""{"model":{{WordLevel}},"normalizer":{{normalizer}}}""", part, problem);

    [Theory]
    [InlineData("""{"type":"Oracle"}""", "model", "Oracle")]
    [InlineData("""{"type":"WordLevel","unk_token":"[UNK]","vocab":{"a":0}}""", "model.unk_token", "not in the vocabulary")]
    [InlineData("""{"type":"WordLevel","unk_token":"a","vocab":{"a":-1}}""", "model.vocab.a", "-1")]
    [InlineData("""{"type":"WordLevel","unk_token":"a","vocab":{"a":2000000000}}""", "model.vocab.a", "16777216")]
    [InlineData("""{"type":"WordLevel","unk_token":"a","vocab":[]}""", "model.vocab", "an array")]
    [InlineData("""{"type":"WordPiece","unk_token":"a","vocab":{"a":0}}""", "model", "continuing_subword_prefix")]
    [InlineData("""{"type":"Unigram","unk_id":null,"vocab":[["a",-1]]}""", "model", "unk_id")]
    [InlineData("""{"type":"Unigram","unk_id":1,"vocab":[["a",-1]]}""", "model.unk_id", "1 tokens")]
    [InlineData("""{"type":"Unigram","unk_id":0,"vocab":[["a"]]}""", "model.vocab[0]", "score")]
    [InlineData("""{"type":"BPE","dropout":0.1,"vocab":{"a":0},"merges":[]}""", "model.dropout", "random")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":["a"]}""", "model.merges[0]", "pair")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":["a a"]}""", "model.merges[0]", "aa")]
    [InlineData("""{"type":"BPE","unk_token":"?","vocab":{"a":0},"merges":[]}""", "model.unk_token", "not in the vocabulary")]
    public void Load_UnknownOrDamagedModel_NamesThePart(string model, string part, string problem) =>
        AssertRefused($$"""{"model":{{model}}}""", part, problem);

    [Theory]
    [InlineData("""{"type":"Prayer"}""", "post_processor", "Prayer")]
    [InlineData("""{"type":"BertProcessing","sep":["[SEP]"],"cls":["[CLS]",1]}""", "post_processor.cls", "")]
    [InlineData("""{"type":"TemplateProcessing","single":[],"special_tokens":{}}""", "post_processor.single", "no place")]
    [InlineData("""{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}},{"Sequence":{"id":"A"}}],"special_tokens":{}}""", "post_processor.single[1]", "once")]
    [InlineData("""{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[X]"}},{"Sequence":{"id":"A"}}],"special_tokens":{}}""", "post_processor.special_tokens", "[X]")]
    public void Load_UnknownOrDamagedPostProcessor_NamesThePart(string postProcessor, string part, string problem)
    {
        var expected = postProcessor.Contains("BertProcessing", StringComparison.Ordinal) ? "post_processor.sep" : part;
        AssertRefused($$"""{"model":{{WordLevel}},"post_processor":{{postProcessor}}}""", expected, problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\u0000")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"model\":\"\\ud800\"}")]
    public void Load_NoTokenizerAtAll_NamesTheFile(string content)
    {
        using var folder = TokenizerFolder.With("tokenizer.json", content);

        var refused = Assert.Throws<TokenizerFormatException>(() => TokenizerLoader.Load(folder.Path));

        Assert.EndsWith("tokenizer.json", refused.File, StringComparison.Ordinal);
        Assert.StartsWith(refused.File, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PartsNestedWithoutEnd_Refuses()
    {
        var nested = string.Concat(Enumerable.Repeat("""{"type":"Sequence","normalizers":[""", 10_000));
        using var folder = TokenizerFolder.With("tokenizer.json", $$"""{"model":{{WordLevel}},"normalizer":{{nested}}""");

        Assert.Throws<TokenizerFormatException>(() => TokenizerLoader.Load(folder.Path));
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0x7F })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x0B })]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x0A, 0x03, 0x0A, 0x01, 0x61 })]
    public void Load_DamagedSentencePieceModel_NamesTheFile(byte[] content)
    {
        using var folder = new TokenizerFolder();
        folder.Write("sentencepiece.model", content);

        var refused = Assert.Throws<TokenizerFormatException>(() => TokenizerLoader.Load(folder.Path));

        Assert.EndsWith("sentencepiece.model", refused.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sentencepiece.model")]
    [InlineData("vocab.txt")]
    public void Load_ClassThatNeedsMoreThanItsVocabulary_NamesTheClass(string file)
    {
        using var folder = TokenizerFolder.With(file, "");
        folder.Write("tokenizer_config.json", """{"tokenizer_class":"XLNetTokenizer"}""");
        if (file != "vocab.txt")
        {
            folder.Write(file, File.ReadAllBytes(Path.Combine(Fixtures.Folder("sentencepiece-t5"), file)));
        }

        var refused = Assert.Throws<TokenizerFormatException>(() => TokenizerLoader.Load(folder.Path));

        Assert.Equal("tokenizer_class", refused.Part);
        Assert.Contains("XLNetTokenizer", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderWithoutTokenizerFiles_NamesTheFolder()
    {
        using var folder = new TokenizerFolder();

        Assert.Contains(folder.Path, Assert.Throws<FileNotFoundException>(() => TokenizerLoader.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string json, string part, string problem)
    {
        using var folder = TokenizerFolder.With("tokenizer.json", json);

        var refused = Assert.Throws<TokenizerFormatException>(() => TokenizerLoader.Load(folder.Path));

        Assert.Equal(part, refused.Part);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }
}
