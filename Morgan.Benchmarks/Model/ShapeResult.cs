namespace Morgan.Benchmarks.Model;

/// <summary>What two graphs took for the same batches.</summary>
/// <param name="Shape">The batches' shape.</param>
/// <param name="Reference">Median time of one call of the reference graph.</param>
/// <param name="Shipped">Median time of one call of the shipped graph.</param>
/// <param name="Ratio">Median over all pairs of reference time / shipped time.</param>
/// <param name="LowRatio">The ratio that a quarter of the pairs stay below.</param>
/// <param name="HighRatio">The ratio that a quarter of the pairs exceed.</param>
internal sealed record ShapeResult(
    BatchShape Shape, TimeSpan Reference, TimeSpan Shipped, double Ratio, double LowRatio, double HighRatio);
