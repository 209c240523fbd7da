namespace Morgan.Tests.Chaos.Matrix;

/// <summary>One combination.</summary>
internal sealed record Cell(Scenario Scenario, Mode Mode, Topology Topology, string Strategy)
{
    /// <summary>What the client of this cell is owed when the failing host was asked, or was not.</summary>
    public Expected Expected(bool asked)
    {
        var expected = Scenario.Of(Mode);
        return Topology == Topology.OneOfThree && (expected.FailsOver || !asked) && expected.Ending != Ending.Abandoned
            ? Matrix.Expected.Answer
            : expected;
    }

    public override string ToString() => $"{Scenario.Name}, {Mode}, {Topology}, {Strategy}";
}
