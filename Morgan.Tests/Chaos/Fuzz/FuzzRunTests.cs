using System.Text;

namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>That a run tells of what it has not tried.</summary>
public sealed class FuzzRunTests
{
    [Fact]
    public async Task Run_InputThatCannotBeMade_Throws()
    {
        await using var target = new Scripted(make: () => throw new EncoderFallbackException(), check: () => { });

        await Assert.ThrowsAsync<EncoderFallbackException>(() => new FuzzRun(target, seed: 1, workers: 2).RunAsync(10, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Run_CheckThatThrows_IsAFindingForItsInput()
    {
        await using var target = new Scripted(make: () => [1, 2], check: () => throw new InvalidDataException());

        var (tried, findings) = await new FuzzRun(target, seed: 7, workers: 1).RunAsync(1, TimeSpan.FromMinutes(1));

        var finding = Assert.Single(findings);
        Assert.Equal((1, 7), (tried, finding.Seed));
        Assert.Equal([1, 2], finding.Input);
    }

    private sealed class Scripted(Func<byte[]> make, Action check) : FuzzTarget("scripted")
    {
        public override int QuickInputs => 1;

        public override byte[] Make(Random random) => make();

        public override ValueTask CheckAsync(byte[] input, Random random)
        {
            check();
            return default;
        }
    }
}
