using System.Text;
using CsCheck;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

public sealed class UnicodeFormsTests
{
    // Blocks that have not changed since the Unicode version of the library's tables.
    private static readonly Gen<string> Text = Gen.String[
        Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['\u00a0', '\u017f'], Gen.Char['\u0300', '\u034e'], Gen.Char['\u1100', '\u11f9'],
            Gen.Char['\uac00', '\ud7a3'], Gen.Char['\uff01', '\uff60'], Gen.Char['\u0591', '\u05a1'], Gen.Char['\u1e00', '\u1eff']), 0, 30];

    [Theory]
    [InlineData(NormalizationForm.FormC)]
    [InlineData(NormalizationForm.FormD)]
    [InlineData(NormalizationForm.FormKC)]
    [InlineData(NormalizationForm.FormKD)]
    public void Normalize_AnyText_GivesWhatTheRuntimeGives(NormalizationForm form) =>
        Text.Sample(text =>
        {
            var buffer = new TextBuffer();
            buffer.Load(text, atOrigin: true);
            UnicodeForms.Normalize(
                buffer,
                compatible: form is NormalizationForm.FormKC or NormalizationForm.FormKD,
                compose: form is NormalizationForm.FormC or NormalizationForm.FormKC);
            return buffer.Text.SequenceEqual(text.Normalize(form));
        });
}
