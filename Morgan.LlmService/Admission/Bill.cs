namespace Morgan.LlmService.Admission;

/// <summary>What a request has come to.</summary>
/// <param name="Input">Tokens of the prompt, of the attempt that answered.</param>
/// <param name="Output">Tokens of its answer.</param>
/// <param name="Wasted">Tokens that hosts have spent for nothing, as estimated: failed and lost attempts, and answers whose client left.</param>
/// <param name="Attempts">How many attempts it took.</param>
internal readonly record struct Bill(long Input, long Output, long Wasted, int Attempts)
{
    /// <summary>What counts against the limits; wasted tokens do where the client has wasted them.</summary>
    public long Used { get; init; } = Input + Output;
}
