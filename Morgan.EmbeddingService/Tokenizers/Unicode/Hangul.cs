namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>Hangul syllables and their letters, which (de)compose by arithmetic (Unicode, section 3.12).</summary>
internal static class Hangul
{
    private const int Syllables = 0xAC00;
    private const int Leads = 0x1100;
    private const int Vowels = 0x1161;
    private const int TrailsLess1 = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;

    /// <summary>Whether a code point is a syllable.</summary>
    public static bool IsSyllable(int codePoint) => (uint)(codePoint - Syllables) < LeadCount * VowelCount * TrailCount;

    /// <summary>Appends the two or three letters of a syllable.</summary>
    public static void Decompose(int syllable, CodePointBuffer output)
    {
        var index = syllable - Syllables;
        output.Add(Leads + (index / (VowelCount * TrailCount)));
        output.Add(Vowels + (index % (VowelCount * TrailCount) / TrailCount));
        if (index % TrailCount != 0)
        {
            output.Add(TrailsLess1 + (index % TrailCount));
        }
    }

    /// <summary>The syllable of a lead and a vowel, or of a syllable without trail and a trail; -1 for other pairs.</summary>
    public static int Compose(int first, int second)
    {
        var lead = (uint)(first - Leads);
        var vowel = (uint)(second - Vowels);
        if (lead < LeadCount && vowel < VowelCount)
        {
            return Syllables + (int)((lead * VowelCount) + vowel) * TrailCount;
        }

        var trail = second - TrailsLess1;
        return IsSyllable(first) && (first - Syllables) % TrailCount == 0 && trail is > 0 and < TrailCount ? first + trail : -1;
    }
}
