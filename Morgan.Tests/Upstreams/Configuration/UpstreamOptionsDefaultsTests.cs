using Microsoft.Extensions.Configuration;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Configuration;

public sealed class UpstreamOptionsDefaultsTests
{
    // As documented: keys and defaults of the section Llm that the engine reads.
    private static readonly Dictionary<string, string> Documented = new()
    {
        ["Strategy"] = "least-loaded",
        ["Retry:MaxRetries"] = "3",
        ["Retry:BaseDelay"] = "00:00:01",
        ["Retry:MaxDelay"] = "00:01:00",
        ["Retry:ExponentialBase"] = "2",
        ["Retry:Jitter"] = "True",
        ["Retry:BudgetPercent"] = "20",
        ["CircuitBreaker:FailureThreshold"] = "5",
        ["CircuitBreaker:SuccessThreshold"] = "2",
        ["CircuitBreaker:BreakDuration"] = "00:01:00",
        ["CircuitBreaker:MaxBreakDuration"] = "00:10:00",
        ["RateLimit:Algorithm"] = "none",
        ["RateLimit:RequestsPerSecond"] = "10",
        ["RateLimit:Burst"] = "20",
        ["RateLimit:Window"] = "00:00:01",
        ["RateLimit:MaxWait"] = "00:00:10",
        ["RateLimit:QueueLimit"] = "1000",
        ["Health:Interval"] = "00:00:30",
        ["Health:Timeout"] = "00:00:05",
        ["Health:DegradedThreshold"] = "2",
        ["Health:UnhealthyThreshold"] = "5",
        ["Pool:MaxConnections"] = "0",
        ["Pool:KeepAlive"] = "00:01:30",
        ["Pool:Lifetime"] = "00:05:00",
        ["Timeouts:Connect"] = "00:00:05",
        ["Timeouts:FirstByte"] = "00:01:00",
        ["Timeouts:Response"] = "00:05:00",
        ["Timeouts:Idle"] = "00:02:00",
        ["Timeouts:Total"] = "00:10:00",
        ["Timeouts:KeepAliveComment"] = "00:00:10",
        ["Timeouts:Adaptive"] = "False",
        ["Hedging:Enabled"] = "False",
        ["Hedging:DelayQuantile"] = "0.95",
        ["Hedging:BudgetPercent"] = "5",
    };

    [Fact]
    public void Defaults_Each_AsDocumented()
    {
        var actual = Flatten(new UpstreamOptions(), "").ToDictionary();

        Assert.Equal(Documented, actual);
    }

    [Fact]
    public void HostDefaults_Each_AsDocumented()
    {
        var host = new HostOptions();

        Assert.Equal("openai", host.Kind);
        Assert.Equal(1.0, host.Weight);
        Assert.Equal(0, host.Priority);
        Assert.True(host.Enabled);
        Assert.Equal(0, host.MaxConcurrency);
        Assert.Null(host.ApiKey ?? host.ApiKeyFile ?? host.ApiVersion ?? host.Credential);
        Assert.Null(host.ClientCertificate ?? host.CertificateAuthority);
        Assert.Null(host.Models);
    }

    [Fact]
    public void Bind_EveryKey_ReachesItsProperty()
    {
        var values = Documented.ToDictionary(pair => $"Llm:{pair.Key}", pair => (string?)Other(pair.Value));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();

        var bound = configuration.GetSection("Llm").Get<UpstreamOptions>(binder => binder.ErrorOnUnknownConfiguration = true);

        var actual = Flatten(bound!, "").ToDictionary(pair => $"Llm:{pair.Key}", pair => (string?)pair.Value);
        Assert.Equal(values, actual);
    }

    [Fact]
    public void Validate_Defaults_NothingWrong() =>
        Assert.Empty(UpstreamOptionsValidator.Validate(new UpstreamOptions(), "Llm"));

    private static string Other(string value) =>
        value is "True" or "False" ? (value == "True" ? "False" : "True")
        : value.StartsWith("00:", StringComparison.Ordinal) ? "00:00:59"
        : double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out _) ? "7"
        : "other";

    private static IEnumerable<KeyValuePair<string, string>> Flatten(object options, string path)
    {
        foreach (var property in options.GetType().GetProperties().Where(property => property.Name is not ("EqualityContract" or "Hosts")))
        {
            var value = property.GetValue(options)!;
            if (value.GetType().Namespace == typeof(UpstreamOptions).Namespace)
            {
                foreach (var inner in Flatten(value, $"{path}{property.Name}:"))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return new($"{path}{property.Name}", Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!);
            }
        }
    }
}
