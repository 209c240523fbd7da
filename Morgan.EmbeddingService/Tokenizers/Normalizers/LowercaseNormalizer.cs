using System.Text;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>Lowers every character by itself, whatever stands around it.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    private static readonly CodePointStrings Lower = UnicodeTables.Instance.Lower;

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer) => Apply(buffer);

    /// <summary>Lowers the text of a buffer.</summary>
    public static void Apply(TextBuffer buffer)
    {
        if (Ascii.IsValid(buffer.Text))
        {
            Ascii.ToLowerInPlace(buffer.Text, out _);
            return;
        }

        ReadOnlySpan<char> text = buffer.Text;
        buffer.Begin();
        for (var i = 0; i < text.Length;)
        {
            var codePoint = CodePoints.At(text, i, out var length);
            i += length;
            var to = Lower.Of(codePoint);
            if (to.IsEmpty)
            {
                buffer.AppendCodePoint(codePoint);
            }

            foreach (var lowered in to)
            {
                buffer.AppendCodePoint(lowered);
            }
        }

        buffer.Commit();
    }
}
