using System.Text;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>Brings text into one of Unicode's normalization forms.</summary>
internal sealed class UnicodeNormalizer : INormalizer
{
    private readonly NormalizationForm _form;

    /// <param name="form">The form.</param>
    public UnicodeNormalizer(NormalizationForm form)
    {
        _form = form;
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        if (!Ascii.IsValid(buffer.Text))
        {
            buffer.Load(new string(buffer.Text).Normalize(_form), buffer.AtOrigin);
        }
    }
}
