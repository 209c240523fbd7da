using Morgan.Tests.Chaos.Fuzz.Targets;

namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>A share of the fuzzing that <c>Morgan.Tests chaos fuzz</c> does at length, and what it has found.</summary>
public sealed class FuzzTests
{
    private const int Seed = 1_000_000_000;

    public static TheoryData<string> Targets => [.. All.Targets.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Input_Any_IsAnsweredOrRefused(string name)
    {
        await using var target = await All.Targets[name]();

        var (tried, findings) = await new FuzzRun(target, Seed, target.AtOnce).RunAsync(target.QuickInputs, TimeSpan.FromSeconds(30));

        Assert.True(tried > 0);
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    // What was found, each with what it had broken.
    [Theory]
    [InlineData("chat-bodies", "eyJcdWQ4MDAiOjF9")] // a name that is no Unicode: 500
    [InlineData("embedding-bodies", "eyJcdWQ4MDAiOjF9")] // the same
    [InlineData("gateway", "eyJtb2RlbCI6Im1vcmdhbi1zaW0iLCJtZXNzYWdlcyI6W3sicm9sZSI6Ilx1ZDgwMCJ9XX0=")] // a role that is none: 500
    [InlineData("host-streams", "ZGF0YTogeyJcdWRjMDAiOjF9Cgo=")] // from a host: a stream that ended in silence
    [InlineData("gateway", "eyJtb2RlbCI6Im1vcmdhbi1zaW0iLCJpbnB1dCI6IngiLCJwcm9tcHQiOiJ4IiwibWVzc2FnZXMiOlt7InJvbGUiOiJ1c2VyIiwiY29udGVudCI6IngifV0sInN0cmVhbSI6dHJ1ZX0=")] // embeddings that are to be streamed: 502
    [InlineData("gateway-streams", "ZGF0YTogeyJhIjoxfQoKZGF0YTogeyJcdWRjMDAiOjF9Cgo=")]
    [InlineData("host-answers", "eyJcdWQ4MDAiOjF9")] // from a host: 500
    [InlineData("host-streams", "ZGF0YTogeyJ1c2FnZSI6bnVsbAoK")] // an event cut after its usage: IndexOutOfRangeException
    [InlineData("host-streams", "DQoNCu+7v2RhdGE6IFtET05FXQpkYXRhOlsNRE9ORV0NCg0K")] // a byte order mark that was data or none, as the bytes were cut
    [InlineData("tokenizer-files", "eyJtb2RlbCI6eyJ0eXBlIjoiQlBFIiwidm9jYWIiOnsiXHVkODAwIjowfSwibWVyZ2VzIjpbXX19")] // a token that is no Unicode
    [InlineData("configurations", "eyJcdWQ4MDAiOjF9")] // a file that ended the process, or the watching of it
    [InlineData("configurations", "eyJFbWJlZGRpbmciOnsiRGVmYXVsdE1vZGVsIjpudWxsfX0=")] // no key named
    public async Task Input_ThatWasFound_IsAnsweredOrRefused(string name, string input)
    {
        await using var target = await All.Targets[name]();
        for (var seed = 0; seed < 10; seed++)
        {
            await target.CheckAsync(Convert.FromBase64String(input), new Random(seed));
        }
    }
}
