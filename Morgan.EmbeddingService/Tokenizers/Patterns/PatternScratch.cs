namespace Morgan.EmbeddingService.Tokenizers.Patterns;

/// <summary>Memory for matching, kept by the thread.</summary>
internal sealed class PatternScratch
{
    private const int LargestKept = 1 << 16;

    [ThreadStatic]
    private static PatternScratch? _kept;

    private char[] _characters = [];
    private int[] _places = [];

    /// <summary>Takes the thread's memory, or makes some.</summary>
    public static PatternScratch Rent()
    {
        var scratch = _kept ?? new PatternScratch();
        _kept = null;
        return scratch;
    }

    /// <summary>Gives it back to the thread, unless a long text made it large.</summary>
    public static void Return(PatternScratch scratch)
    {
        if (scratch._characters.Length <= LargestKept)
        {
            _kept = scratch;
        }
    }

    /// <summary>Room for a number of characters and their places.</summary>
    public (char[] Characters, int[] Places) Reserve(int length)
    {
        if (_characters.Length < length)
        {
            var size = Math.Max(length, Math.Max(256, 2 * _characters.Length));
            _characters = new char[size];
            _places = new int[size];
        }

        return (_characters, _places);
    }
}
