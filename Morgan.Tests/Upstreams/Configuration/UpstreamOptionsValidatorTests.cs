using Morgan.Tests.Upstreams.Connections;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Configuration;

public sealed class UpstreamOptionsValidatorTests
{
    public static TheoryData<string, UpstreamOptions> Wrong => new()
    {
        { "Llm:Strategy: must be one of round-robin, random, ", new() { Strategy = "fastest" } },
        { "Llm:Retry:MaxRetries: must be from 0 to 20, is -1", new() { Retry = new() { MaxRetries = -1 } } },
        { "Llm:Retry:BaseDelay: must be from 00:00:00.0010000 to 00:10:00, is 00:00:00", new() { Retry = new() { BaseDelay = default } } },
        { "Llm:Retry:MaxDelay: must be from 00:00:05 to", new() { Retry = new() { BaseDelay = TimeSpan.FromSeconds(5), MaxDelay = TimeSpan.FromSeconds(1) } } },
        { "Llm:Retry:ExponentialBase: must be from 1 to 10, is NaN", new() { Retry = new() { ExponentialBase = double.NaN } } },
        { "Llm:CircuitBreaker:FailureThreshold: must be from 1 to 1000, is 0", new() { CircuitBreaker = new() { FailureThreshold = 0 } } },
        { "Llm:CircuitBreaker:MaxBreakDuration: must be from 00:01:00", new() { CircuitBreaker = new() { MaxBreakDuration = TimeSpan.FromSeconds(1) } } },
        { "Llm:RateLimit:Algorithm: must be one of none, token-bucket, sliding-window, is 'leaky'", new() { RateLimit = new() { Algorithm = "leaky" } } },
        { "Llm:RateLimit:Window: × RequestsPerSecond", new() { RateLimit = new() { Algorithm = "sliding-window", RequestsPerSecond = 0.5 } } },
        { "Llm:Health:UnhealthyThreshold: must be from 7 to 1000, is 5", new() { Health = new() { DegradedThreshold = 7 } } },
        { "Llm:Pool:KeepAlive: must be from 00:00:01 to 1.00:00:00, is 00:00:00", new() { Pool = new() { KeepAlive = default } } },
        { "Llm:Timeouts:Idle: must be from", new() { Timeouts = new() { Idle = TimeSpan.FromSeconds(-1) } } },
        { "Llm:Hedging:DelayQuantile: must be from 0.5 to 0.999, is 1", new() { Hedging = new() { DelayQuantile = 1 } } },
        { "Llm:Hosts:0:Name: must be 1 to 64 letters", Host(new() { Name = "", Url = "http://x" }) },
        { "Llm:Hosts:0:Url: must be an absolute http", Host(new() { Name = "x", Url = "x:80" }) },
        { "Llm:Hosts:0:Url: must be an absolute http", Host(new() { Name = "x", Url = "ftp://x/" }) },
        { "Llm:Hosts:0:Url: must not hold a user name", Host(new() { Name = "x", Url = "http://me:secret@x/" }) },
        { "Llm:Hosts:0:Url: 169.254.169.254 is a link-local or metadata address", Host(new() { Name = "x", Url = "http://169.254.169.254/v1" }) },
        { "Llm:Hosts:0:Url: ::ffff:169.254.169.254 is a link-local", Host(new() { Name = "x", Url = "http://[::ffff:169.254.169.254]/v1" }) },
        { "Llm:Hosts:0:Kind: must be one of openai, ollama, azure, is 'cohere'", Host(new() { Name = "x", Url = "http://x", Kind = "cohere" }) },
        { "Llm:Hosts:0:Weight: must be from 0.001 to 1000, is 0", Host(new() { Name = "x", Url = "http://x", Weight = 0 }) },
        { "Llm:Hosts:0:MaxConcurrency: must be from 0 to 100000, is -1", Host(new() { Name = "x", Url = "http://x", MaxConcurrency = -1 }) },
        { "Llm:Hosts:0:ApiVersion: must be set", Host(new() { Name = "x", Url = "http://x", Kind = "azure" }) },
        { "Llm:Hosts:0:Credential: 'entra' is for hosts of kind azure", Host(new() { Name = "x", Url = "http://x", Credential = "entra" }) },
        { "Llm:Hosts:0:ApiKeyFile: must not be set together with ApiKey", Host(new() { Name = "x", Url = "http://x", ApiKey = "k", ApiKeyFile = "f" }) },
        { "Llm:Hosts:0:ApiKeyFile: the file 'nowhere' does not exist", Host(new() { Name = "x", Url = "http://x", ApiKeyFile = "nowhere" }) },
        { "Llm:Hosts:0:CertificateAuthority: the file 'nowhere' does not exist", Host(new() { Name = "x", Url = "http://x", CertificateAuthority = "nowhere" }) },
        { "Llm:Hosts:1:Name: 'X' stands twice", new() { Hosts = [new() { Name = "x", Url = "http://x" }, new() { Name = "X", Url = "http://y" }] } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_WrongValue_NamesKeyAndRange(string message, UpstreamOptions options) =>
        Assert.Contains(UpstreamOptionsValidator.Validate(options, "Llm"), problem => problem.StartsWith(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("http://gpu1:11434/v1")]
    [InlineData("https+http://name/v1")]
    [InlineData("http://127.0.0.1:5101/v1/")]
    [InlineData("https://x.openai.azure.com")]
    public void Validate_Url_Accepted(string url) =>
        Assert.Empty(UpstreamOptionsValidator.Validate(Host(new() { Name = "x", Url = url }), "Llm"));

    [Fact]
    public void Validate_SecretInBadHost_NotInMessage()
    {
        var problems = UpstreamOptionsValidator.Validate(Host(new() { Name = "x", Url = "http://me:secret@x/", ApiKey = "secret", ApiKeyFile = "f" }), "Llm");

        Assert.DoesNotContain(problems, problem => problem.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void ValidateHosts_OtherKey_IsNamed() =>
        Assert.StartsWith("Llm:DefaultHosts:0:Url", Assert.Single(UpstreamOptionsValidator.ValidateHosts([new() { Name = "x" }], "Llm:DefaultHosts")), StringComparison.Ordinal);

    [Fact]
    public void Validate_FileIsNoCertificate_SaysSo()
    {
        using var certificates = new TestCertificates();
        var file = certificates.Write("nonsense.pem", "nonsense");

        var problems = UpstreamOptionsValidator.Validate(
            Host(new() { Name = "x", Url = "https://x", ClientCertificate = file, CertificateAuthority = file }), "Llm");

        Assert.Equal(2, problems.Count(problem => problem.Contains($"the file '{file}' can't be used", StringComparison.Ordinal)));
    }

    private static UpstreamOptions Host(HostOptions host) => new() { Hosts = [host] };
}
