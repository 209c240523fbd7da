using Morgan.ServiceDefaults.Lifetime;

namespace Morgan.Tests.ServiceDefaults;

public sealed class ServiceHostTests
{
    [Fact]
    public async Task Start_OnATakenPort_IsToldInOneLineWithTheFix()
    {
        await using var first = await RunningApp.StartAsync(SampleApplication.Create);
        var failure = await Assert.ThrowsAsync<IOException>(() => RunningApp.StartAsync(SampleApplication.Create, ["--urls", first.Address.ToString()]));
        var line = StartFailure.Explain(failure);
        Assert.Contains(first.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), line, StringComparison.Ordinal);
        Assert.Contains("--urls", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line!);
    }

    [Theory]
    [InlineData("Drain=soon", "Drain")]
    [InlineData("Drain=-00:00:01", "Drain")]
    [InlineData("Metrics:Prometheus=perhaps", "Metrics:Prometheus")]
    [InlineData("Morgan:ConfigFile=/no/such/folder/morgan.json", "Morgan:ConfigFile")]
    [InlineData("Sample:Wait=soon", "Sample:Wait")]
    [InlineData("Sample:Size=0", "Sample:Size")]
    public async Task Start_WithABadValue_IsToldInOneLineThatNamesTheKey(string setting, string key)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunningApp.StartAsync(SampleApplication.Create, [setting]));
        Assert.StartsWith(key, StartFailure.Explain(failure), StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_ThatIsNotTheUsers_KeepsItsStackTrace() => Assert.Null(StartFailure.Explain(new InvalidOperationException("a fault")));
}
