namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>An input that broke something.</summary>
/// <param name="Target">What was tried.</param>
/// <param name="Seed">With which the input can be made again.</param>
/// <param name="Input">The input.</param>
/// <param name="Problem">What happened.</param>
internal sealed record Finding(string Target, int Seed, byte[] Input, string Problem)
{
    public override string ToString() => $"{Target}, seed {Seed}: {Problem}\n  input {Convert.ToBase64String(Input.AsSpan(0, Math.Min(Input.Length, 4096)))}";
}
