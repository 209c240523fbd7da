using System.Text;

namespace Morgan.Benchmarks.Load;

/// <summary>English texts of mixed length, no two alike, the same for the same seed: most are a line, some a page.</summary>
/// <param name="seed">Of the random numbers.</param>
/// <param name="longestWords">The most words of a text.</param>
internal sealed class MixedTexts(int seed, int longestWords = MixedTexts.Page)
{
    private const int Page = 110;
    private const int ShortestWords = 3;

    private static readonly string[] Words =
        ("the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were "
        + "all her she there would their we him been has when who will no more if out so up said what its about than into them can only "
        + "other time new some could these two may first then do any like my now over such our man me even most made after also did many "
        + "off before must well back through years much where your way down should because long each just state those people too mister "
        + "how little good world make very year still see own work men day get here old between both life being under three never know "
        + "same last another while us might great go come since against right came take used himself few house American use place during "
        + "high without again home around small however found mother Friday guitar kitchen market percent government investors unemployment "
        + "photosynthesis quarterly earthquake neighbours encyclopedia refrigerator unbelievable 2023 17 $45,000 it's don't Reuters").Split(' ');

    private readonly Random _random = new(seed);
    private int _made;

    /// <summary>The next text; its length is spread evenly over the orders of magnitude.</summary>
    public string Next()
    {
        var words = (int)(ShortestWords * Math.Pow((double)longestWords / ShortestWords, _random.NextDouble()));
        var text = new StringBuilder().Append(Pick()).Append(' ').Append(_made++);
        for (var i = 2; i < words; i++)
        {
            text.Append(' ').Append(Pick());
        }

        return text.Append('.').ToString();
    }

    /// <summary>The next texts.</summary>
    public string[] Take(int count)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            texts[i] = Next();
        }

        return texts;
    }

    private string Pick() => Words[_random.Next(Words.Length)];
}
