using System.Collections.Concurrent;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>
/// BERT's own steps: clean (control characters go, white space becomes a space), a space on either side of a Chinese
/// character, decompose and take out non-spacing marks, lower. Characters do not influence each other, so each one's
/// result is looked up; the rare text in which marks may have to swap places takes the long way.
/// </summary>
internal sealed class BertNormalizer : INormalizer
{
    private const char Removed = '\uFFFF';
    private const char Other = '\uFFFE';

    private static readonly UnicodeTables Tables = UnicodeTables.Instance;

    // There are sixteen at most, and what becomes of each of 65,536 characters takes milliseconds to find.
    private static readonly ConcurrentDictionary<BertNormalizerOptions, BertNormalizer> Made = new();

    private readonly BertNormalizerOptions _options;
    private readonly char[] _results = new char[char.MaxValue + 1];
    private readonly INormalizer[] _longWay = [];

    private BertNormalizer(BertNormalizerOptions options)
    {
        _options = options;
        if (options.StripAccents)
        {
            _longWay =
            [
                Of(options with { StripAccents = false, Lowercase = false }),
                new UnicodeNormalizer(compatible: false, compose: false),
                FilterNormalizer.StripNonSpacingMarks,
                .. options.Lowercase ? [new LowercaseNormalizer()] : Array.Empty<INormalizer>(),
            ];
        }

        var scratch = new TextBuffer();
        for (var c = 0; c <= char.MaxValue; c++)
        {
            _results[c] = char.IsSurrogate((char)c) ? Other : ResultOf((char)c, scratch);
        }
    }

    /// <summary>The one that takes these steps.</summary>
    /// <param name="options">Which steps to take.</param>
    public static BertNormalizer Of(BertNormalizerOptions options) => Made.GetOrAdd(options, static options => new BertNormalizer(options));

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        buffer.Begin();
        var results = _results;
        for (var i = 0; i < text.Length; i++)
        {
            var result = results[text[i]];
            if (result < Other)
            {
                buffer.Append(result);
            }
            else if (result == Removed)
            {
                buffer.AtOrigin &= i > 0;
            }
            else if (AppendResult(CodePoints.At(text, i, out var length), buffer))
            {
                i += length - 1;
            }
            else
            {
                TakeLongWay(buffer);
                return;
            }
        }

        buffer.Commit();
    }

    private void TakeLongWay(TextBuffer buffer)
    {
        foreach (var step in _longWay)
        {
            step.Normalize(buffer);
        }
    }

    /// <summary>What becomes of a character: another one, nothing, or something that <see cref="AppendResult"/> must say.</summary>
    private char ResultOf(char c, TextBuffer scratch)
    {
        scratch.Load([], atOrigin: true);
        scratch.Begin();
        var alone = AppendResult(c, scratch);
        scratch.Commit();
        return scratch.Text.Length switch
        {
            _ when !alone => Other,
            0 => Removed,
            1 when scratch.Text[0] < Other => scratch.Text[0],
            _ => Other,
        };
    }

    /// <summary>Appends what becomes of a code point. False: it holds a mark that stays and may have to swap places.</summary>
    private bool AppendResult(int codePoint, TextBuffer output)
    {
        if (_options.CleanText)
        {
            if (CharClasses.IsBertControl(codePoint))
            {
                return true;
            }

            if (codePoint <= char.MaxValue && CharClasses.IsWhiteSpace((char)codePoint))
            {
                codePoint = ' ';
            }
        }

        var separate = _options.HandleChineseChars && IsChinese(codePoint);
        if (separate)
        {
            output.Append(' ');
        }

        var alone = AppendLetters(codePoint, output);
        if (separate)
        {
            output.Append(' ');
        }

        return alone;
    }

    private bool AppendLetters(int codePoint, TextBuffer output)
    {
        if (!_options.StripAccents)
        {
            AppendLower(codePoint, output);
            return true;
        }

        var alone = true;
        var parts = CodePointBuffer.Rent();
        UnicodeForms.Decompose(codePoint, compatible: false, parts);
        foreach (var part in parts.Items)
        {
            if (!CharClasses.IsNonSpacingMark(part))
            {
                alone &= Tables.CombiningRank[part] == 0;
                AppendLower(part, output);
            }
        }

        CodePointBuffer.Return(parts);
        return alone;
    }

    private void AppendLower(int codePoint, TextBuffer output)
    {
        var lowered = _options.Lowercase ? Tables.Lower.Of(codePoint) : [];
        if (lowered.IsEmpty)
        {
            output.AppendCodePoint(codePoint);
        }

        foreach (var part in lowered)
        {
            output.AppendCodePoint(part);
        }
    }

    /// <summary>The blocks of CJK ideographs that the library separates.</summary>
    private static bool IsChinese(int codePoint) => codePoint is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
