namespace Morgan.Benchmarks.Tokenizers;

/// <summary>What a comparison found.</summary>
/// <param name="TokensPerSecond">Morgan's speed, the median of the rounds.</param>
/// <param name="BestTokensPerSecond">Morgan's speed in the tenth-best of a hundred rounds: nearer the core's own where others use the machine.</param>
/// <param name="BytesPerToken">What Morgan allocated.</param>
/// <param name="Ratio">Morgan's speed over the other's: median and quartiles of the pairs of rounds; null without another.</param>
internal sealed record TokenizerResult(
    double TokensPerSecond, double BestTokensPerSecond, double BytesPerToken, (double Median, double Low, double High)? Ratio);
