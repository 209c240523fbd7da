using Morgan.Benchmarks.Reporting;

namespace Morgan.Tests.Benchmarks;

public sealed class ComparisonTests
{
    private static readonly MachineFacts Machine = new("a processor", 2, true, 24, "an OS", ".NET");

    [Fact]
    public void Of_RatiosOfTwoRuns_SaysWhichAreNoLongerWithinATenth()
    {
        var text = Comparison.Of(
            Report(Machine, new("near", "", [1.0]), new("far", "", [2.0]), new("gone", "", [1.0])),
            Report(Machine, new("near", "", [1.09]), new("far", "", [1.7]), new("new", "", [1.0])));

        Assert.Contains("| near | 1.00 | 1.09 | +9 % | the same |", text, StringComparison.Ordinal);
        Assert.Contains("| far | 2.00 | 1.70 | -15 % | **differs** |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("gone", text, StringComparison.Ordinal);
        Assert.DoesNotContain("new |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FiguresWithAUnit_AreTheMachinesAndNotCompared() => Assert.DoesNotContain(
        "answers",
        Comparison.Of(Report(Machine, new Measurement("answers", "/s", [10])), Report(Machine, new Measurement("answers", "/s", [20]))),
        StringComparison.Ordinal);

    [Fact]
    public void Of_AnotherProcessor_SaysSo() => Assert.Contains(
        "another kind of machine (a processor)",
        Comparison.Of(Report(Machine), Report(Machine with { Processor = "a newer one" })),
        StringComparison.Ordinal);

    private static SuiteReport Report(MachineFacts machine, params Measurement[] measurements) => new(
        "suite", "Section", "Title", "About.", DateTimeOffset.UnixEpoch, machine, 0, new Dictionary<string, string>(), measurements);
}
