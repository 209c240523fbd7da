namespace Morgan.Benchmarks.Model;

/// <summary>
/// Times two graphs against each other: short blocks of calls, in turn, so that whatever else the machine does in the
/// meantime falls on both. Each pair of blocks gives one ratio.
/// </summary>
internal sealed class PairedComparison(EncoderCaller reference, EncoderCaller shipped)
{
    private const int WarmUpCalls = 20;
    private const int Pairs = 101;
    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(10);

    /// <summary>Measures one shape; takes a few seconds.</summary>
    public ShapeResult Measure(BatchShape shape)
    {
        var referenceCalls = CallsInABlock(reference, shape);
        var shippedCalls = CallsInABlock(shipped, shape);
        var referenceTimes = new TimeSpan[Pairs];
        var shippedTimes = new TimeSpan[Pairs];
        var ratios = new double[Pairs];
        for (var i = 0; i < Pairs; i++)
        {
            // Every other pair starts with the other graph: neither always finds the caches as the other left them.
            if (i % 2 == 0)
            {
                referenceTimes[i] = reference.Time(referenceCalls);
                shippedTimes[i] = shipped.Time(shippedCalls);
            }
            else
            {
                shippedTimes[i] = shipped.Time(shippedCalls);
                referenceTimes[i] = reference.Time(referenceCalls);
            }

            ratios[i] = referenceTimes[i] / shippedTimes[i];
        }

        Array.Sort(referenceTimes);
        Array.Sort(shippedTimes);
        Array.Sort(ratios);
        return new ShapeResult(
            shape, referenceTimes[Pairs / 2], shippedTimes[Pairs / 2], ratios[Pairs / 2], ratios[Pairs / 4], ratios[Pairs * 3 / 4]);
    }

    private static int CallsInABlock(EncoderCaller caller, BatchShape shape)
    {
        caller.Prepare(shape);
        caller.Time(WarmUpCalls);
        return Math.Max(1, (int)(Block / caller.Time(WarmUpCalls)));
    }
}
