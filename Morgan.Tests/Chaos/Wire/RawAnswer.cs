namespace Morgan.Tests.Chaos.Wire;

/// <summary>An HTTP answer as its bytes were.</summary>
/// <param name="Status">0: no whole head came.</param>
/// <param name="Headers">By lower-case name.</param>
/// <param name="Body">Without the chunks' framing.</param>
/// <param name="End">How it ended.</param>
/// <param name="Surplus">Bytes that came after its end.</param>
/// <param name="Elapsed">From the first byte sent to the end.</param>
internal sealed record RawAnswer(
    int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body, RawEnd End, int Surplus, TimeSpan Elapsed)
{
    /// <summary>Without parameters; empty if there is none.</summary>
    public string MediaType => Headers.GetValueOrDefault("content-type", "").Split(';')[0].Trim();
}
