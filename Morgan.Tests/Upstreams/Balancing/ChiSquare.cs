namespace Morgan.Tests.Upstreams.Balancing;

/// <summary>Whether counts can have come from given shares by chance.</summary>
internal static class ChiSquare
{
    /// <summary>Fails when chance would do worse once in a million times (Wilson and Hilferty's approximation).</summary>
    public static void AssertFits(int[] counts, double[] shares)
    {
        var (total, sum) = (counts.Sum(), shares.Sum());
        var statistic = counts.Zip(shares, (count, share) => Math.Pow(count - (total * share / sum), 2) / (total * share / sum)).Sum();
        var freedom = counts.Length - 1.0;
        var limit = freedom * Math.Pow(1 - (2 / (9 * freedom)) + (4.75 * Math.Sqrt(2 / (9 * freedom))), 3);
        Assert.True(statistic < limit, $"chi-square {statistic:F1} over {limit:F1}: {string.Join(", ", counts)}");
    }
}
